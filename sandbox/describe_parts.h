/*
 * describe_parts.h - between describe.c, which walks stacks, and
 * describe_waits.c, which says what they wait for
 */
#ifndef ASSAY_DESCRIBE_PARTS_H
#define ASSAY_DESCRIBE_PARTS_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>

#include "describe.h"

#define DESCRIBE_REGISTERS 16 /* the general ones, by DWARF's numbers */

/* Registers at one frame, as far as they are known there. */
struct frame_registers {
	uint32_t known; /* bit i: value[i] is */
	Dwarf_Word value[DESCRIBE_REGISTERS];
};

struct walk {
	const struct snapshot *snapshot;
	unsigned process;
	const struct snapshot_thread *thread;
	Dwfl *dwfl;
	struct box_thread *ret;
	struct frame_registers *registers; /* of ret's frames */
};

/** The function, inlined into none, that @address is in. */
bool describe_function_at(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Die *ret,
			  Dwarf_Addr *bias);
/** Its name, also of an inlined one; NULL: it has none. */
const char *describe_name(Dwarf_Die *die);
/** Add the frame of @address to walk->ret. */
void describe_address(struct walk *walk, Dwarf_Addr address);

/** What walk->ret, which has its frames, waits for. */
void describe_wait(struct walk *walk);
/** Where @holder, with @registers, may have taken the mutex of @waiter. */
void describe_taken_at(struct walk *walk, const struct box_thread *holder,
		       const struct frame_registers *registers,
		       struct box_thread *waiter);

#endif
