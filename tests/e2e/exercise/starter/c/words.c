/* words.c - does nothing yet */
int main(void)
{
	return 0;
}
