#include "sort.h"

void sort_numbers(unsigned *numbers, size_t count)
{
	size_t gap, i, j;

	for (gap = count / 2; gap > 0; gap /= 2) {
		for (i = gap; i < count; i++) {
			unsigned number = numbers[i];

			for (j = i; j >= gap && numbers[j - gap] > number;
			     j -= gap)
				numbers[j] = numbers[j - gap];
			numbers[j] = number;
		}
	}
}
