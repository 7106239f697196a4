/*
 * mutation_find.h - all the mistakes that operators make of one C file
 */
#ifndef ASSAY_MUTATION_FIND_H
#define ASSAY_MUTATION_FIND_H

#include "mutation.h"
#include "syntax.h"

/**
 * Append to @mutations, in the order of the file, what the operators in @kinds
 * (bits, 1 << kind) make of the functions that the file defines. What a macro
 * has made is left alone.
 */
void mutation_find(const struct syntax *syntax, unsigned kinds,
		   struct mutation_list *mutations);

#endif
