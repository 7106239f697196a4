#include "sort.h"

void sort_numbers(unsigned *numbers, size_t count)
{
	(void)numbers;
	(void)count;
}
