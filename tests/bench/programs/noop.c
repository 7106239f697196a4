/*
 * noop.c - the least a program can do; built static, for bench_box
 */
int main(void)
{
	return 0;
}
