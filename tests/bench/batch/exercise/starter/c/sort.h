/* sort.h - numbers in order */
#ifndef SORT_H
#define SORT_H

#include <stddef.h>

/** Sort @count numbers, the smallest first. */
void sort_numbers(unsigned *numbers, size_t count);

#endif
