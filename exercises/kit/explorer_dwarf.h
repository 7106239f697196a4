/*
 * explorer_dwarf.h - the child of explorer_lines.c that reads a hostile ELF
 */
#ifndef ASSAY_KIT_EXPLORER_DWARF_H
#define ASSAY_KIT_EXPLORER_DWARF_H

#include <stddef.h>

#include "explorer_lines.h"

/**
 * In a child: lock the process in, fill in the @count @lines (whose pcs are
 * there) from the program @program_fd, write them to @answer_fd and end.
 */
_Noreturn void explorer_dwarf_helper(int program_fd, int answer_fd,
				     struct explorer_line *lines, size_t count);

#endif
