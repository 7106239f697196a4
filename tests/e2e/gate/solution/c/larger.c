/* Answers each question "A B" with the larger one of the two. */
#include <stdio.h>
#include <unistd.h>

static int larger(int a, int b)
{
	if (a < b)
		return b;
	return a;
}

int main(void)
{
	char question[64] = "";
	int a, b;

	while (read(3, question, sizeof question - 1) > 0) {
		if (sscanf(question, "%d %d", &a, &b) != 2)
			return 1;
		dprintf(3, "%d", larger(a, b));
	}
	return 0;
}
