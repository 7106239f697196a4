/*
 * describe.c - see describe.h; libdw and libdwfl of elfutils
 *
 * The files of each process are reported to libdwfl where they were mapped,
 * registers and stacks come from the snapshot, and libdwfl does the walking.
 * For each frame the scopes in the debug information tell which functions
 * were inlined there; each gets a frame of its own, as a debugger shows it.
 */
#include "describe_parts.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

/* ---- what libdwfl asks for ---- */

static int no_elf(Dwfl_Module *module, void **data, const char *name,
		  Dwarf_Addr base, char **path, Elf **elf)
{
	(void)module;
	(void)data;
	(void)name;
	(void)base;
	(void)path;
	(void)elf;
	return -1; /* all are reported with their files */
}

static int no_debuginfo(Dwfl_Module *module, void **data, const char *name,
			Dwarf_Addr base, const char *path, const char *link,
			GElf_Word checksum, char **ret)
{
	(void)module;
	(void)data;
	(void)name;
	(void)base;
	(void)path;
	(void)link;
	(void)checksum;
	(void)ret;
	return -1; /* what is not in the file itself is not looked for */
}

/* Threads of the process, one by one; NULL stands for the first. */
static pid_t next_thread(Dwfl *dwfl, void *data, void **position)
{
	const struct walk *walk = data;
	const struct snapshot *snapshot = walk->snapshot;
	const struct snapshot_thread *thread = *position;
	const struct snapshot_thread *end = snapshot->thread +
					    snapshot->threads;

	(void)dwfl;
	thread = thread ? thread + 1 : snapshot->thread;
	while (thread < end &&
	       (thread->process != walk->process || !thread->has_registers))
		thread++;
	if (thread >= end)
		return 0;
	*position = (void *)(uintptr_t)thread;
	return thread->host_tid;
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *ret,
			void *data)
{
	const struct walk *walk = data;
	const struct snapshot *snapshot = walk->snapshot;
	unsigned i;

	(void)dwfl;
	for (i = 0; i < snapshot->threads; i++) {
		const struct snapshot_thread *thread = &snapshot->thread[i];
		uint64_t offset = address - thread->stack_address;

		if (thread->process != walk->process ||
		    address < thread->stack_address ||
		    offset + sizeof *ret > thread->stack_bytes)
			continue;
		memcpy(ret, snapshot->stacks + thread->stack_offset + offset,
		       sizeof *ret);
		return true;
	}
	return false;
}

/* In the order of DWARF's numbers: System V ABI for x86_64, figure 3.36. */
static bool set_registers(Dwfl_Thread *thread, void *data)
{
	const struct snapshot_thread *of = data;
	const struct user_regs_struct *r = &of->registers;
	const Dwarf_Word words[] = { r->rax, r->rdx, r->rcx, r->rbx, r->rsi,
				     r->rdi, r->rbp, r->rsp, r->r8,  r->r9,
				     r->r10, r->r11, r->r12, r->r13, r->r14,
				     r->r15, r->rip };

	return dwfl_thread_state_registers(thread, 0,
					   sizeof words / sizeof *words, words);
}

static const Dwfl_Callbacks dwfl_callbacks = {
	.find_elf = no_elf,
	.find_debuginfo = no_debuginfo,
};

static const Dwfl_Thread_Callbacks thread_callbacks = {
	.next_thread = next_thread,
	.memory_read = read_memory,
	.set_initial_registers = set_registers,
};

/* ---- frames ---- */

static void put(char *to, size_t size, const char *text)
{
	(void)snprintf(to, size, "%s", text ? text : "");
}

/* What was compiled in a box without namespaces knows its folder by the name
 * that this has on the host (runfolder.h); elsewhere it is /work. */
static const char *as_inside(const char *path)
{
	const char *at, *behind;
	unsigned number;

	for (at = path; at && (at = strstr(at, "/assay-")); at++) {
		behind = strchr(at + 1, '/');
		if (behind && strncmp(behind, "/work/", 6) == 0 &&
		    sscanf(at, "/assay-%u-%u-%u", &number, &number, &number) ==
			    3)
			return behind;
	}
	return path;
}

/* The last bytes of a path say more than its first. */
static void put_path(char *to, size_t size, const char *path)
{
	size_t length;

	path = as_inside(path);
	length = path ? strlen(path) : 0;

	put(to, size, length >= size ? path + length - size + 1 : path);
}

static struct box_frame *add_frame(struct walk *walk, Dwarf_Addr address,
				   Dwfl_Module *module)
{
	struct box_thread *ret = walk->ret;
	struct box_frame *frame = &ret->frame[ret->frames];

	if (ret->frames == BOX_FRAMES_MAX)
		return NULL;
	frame->address = address;
	if (module)
		put(frame->object, sizeof frame->object,
		    dwfl_module_info(module, NULL, NULL, NULL, NULL, NULL, NULL,
				     NULL));
	ret->frames++;
	return frame;
}

const char *describe_name(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;

	return dwarf_formstring(
		dwarf_attr_integrate(die, DW_AT_name, &attribute));
}

static Dwarf_Word die_number(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word number = 0;

	(void)dwarf_formudata(dwarf_attr(die, name, &attribute), &number);
	return number;
}

static const char *file_by_number(Dwarf_Die *unit, Dwarf_Word number)
{
	Dwarf_Files *files;
	size_t count;

	if (dwarf_getsrcfiles(unit, &files, &count) < 0 || number >= count)
		return NULL;
	return dwarf_filesrc(files, number, NULL, NULL);
}

/* The parts of @unit that @address is in, innermost first, as they lie in the
 * program and not as they were written. Returns how many; free() them. */
static int scopes_at(Dwarf_Die *unit, Dwarf_Addr address, Dwarf_Die **ret)
{
	Dwarf_Die *written = NULL;
	int count = dwarf_getscopes(unit, address, &written);

	*ret = NULL;
	if (count > 0)
		count = dwarf_getscopes_die(&written[0], ret);
	free(written);
	return count;
}

/* The functions that are inlined at @address, innermost first, and the one
 * that they are inlined into. False: no debug information says. */
static bool add_scopes(struct walk *walk, Dwarf_Addr address,
		       Dwfl_Module *module, const char *file, int line)
{
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit = dwfl_module_addrdie(module, address, &bias);
	AUTO_FREE Dwarf_Die *scopes = NULL;
	struct box_frame *frame;
	bool found = false;
	int count, i;

	count = unit ? scopes_at(unit, address - bias, &scopes) : 0;
	for (i = 0; i < count; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_inlined_subroutine &&
		    tag != DW_TAG_subprogram)
			continue;
		frame = add_frame(walk, address, module);
		if (!frame)
			break;
		found = true;
		put(frame->function, sizeof frame->function,
		    describe_name(&scopes[i]));
		put_path(frame->file, sizeof frame->file, file);
		frame->line = line > 0 ? (uint32_t)line : 0;
		if (tag == DW_TAG_subprogram)
			break;
		file = file_by_number(unit,
				      die_number(&scopes[i], DW_AT_call_file));
		line = (int)die_number(&scopes[i], DW_AT_call_line);
	}
	return found;
}

void describe_address(struct walk *walk, Dwarf_Addr address)
{
	Dwfl_Module *module = dwfl_addrmodule(walk->dwfl, address);
	Dwfl_Line *line = module ? dwfl_module_getsrc(module, address) : NULL;
	const char *file = NULL;
	struct box_frame *frame;
	int number = 0;

	if (line)
		file = dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL);
	if (module && add_scopes(walk, address, module, file, number))
		return;
	frame = add_frame(walk, address, module);
	if (!frame)
		return;
	if (module)
		put(frame->function, sizeof frame->function,
		    dwfl_module_addrname(module, address));
	put_path(frame->file, sizeof frame->file, file);
	frame->line = number > 0 ? (uint32_t)number : 0;
}

static void take_registers(Dwfl_Frame *frame, struct frame_registers *ret)
{
	unsigned i;

	ret->known = 0;
	for (i = 0; i < DESCRIBE_REGISTERS; i++)
		if (dwfl_frame_reg(frame, i, &ret->value[i]) == 0)
			ret->known |= 1u << i;
}

/* A return address is that of the next instruction, which may belong to the
 * next line or even to the next function; the byte before is the call's. */
static int take_frame(Dwfl_Frame *frame, void *data)
{
	struct walk *walk = data;
	uint32_t first = walk->ret->frames;
	bool is_activation;
	Dwarf_Addr pc;

	if (!dwfl_frame_pc(frame, &pc, &is_activation))
		return DWARF_CB_ABORT;
	describe_address(walk, is_activation ? pc : pc - 1);
	for (; first < walk->ret->frames; first++)
		take_registers(frame, &walk->registers[first]);
	return walk->ret->frames < BOX_FRAMES_MAX ? DWARF_CB_OK
						  : DWARF_CB_ABORT;
}

bool describe_function_at(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Die *ret,
			  Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_addrdie(dwfl, address, bias);
	AUTO_FREE Dwarf_Die *scopes = NULL;
	int count = unit ? scopes_at(unit, address - *bias, &scopes) : 0;
	int i;

	for (i = 0; i < count; i++)
		if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram) {
			*ret = scopes[i];
			return true;
		}
	return false;
}

/* ---- all of it ---- */

static Dwfl *report_files(const struct snapshot_process *process)
{
	Dwfl *dwfl = dwfl_begin(&dwfl_callbacks);
	unsigned i;

	if (!dwfl)
		return NULL;
	dwfl_report_begin(dwfl);
	/* what libdwfl cannot read has no names; it keeps the descriptor */
	for (i = 0; i < process->objects; i++)
		(void)dwfl_report_elf(
			dwfl, process->object[i].name, process->object[i].name,
			process->object[i].fd, process->object[i].base, false);
	(void)dwfl_report_end(dwfl, NULL, NULL);
	return dwfl;
}

static struct box_thread *by_number(struct box_threads *threads,
				    int32_t process, int32_t number)
{
	unsigned i;

	for (i = 0; i < threads->threads; i++)
		if (threads->thread[i].process == process &&
		    threads->thread[i].thread == number)
			return &threads->thread[i];
	return NULL;
}

static void describe_process(const struct snapshot *snapshot, unsigned process,
			     struct box_threads *ret)
{
	static struct frame_registers registers[BOX_THREADS_MAX]
					       [BOX_FRAMES_MAX];
	struct walk walk = { .snapshot = snapshot, .process = process };
	const struct box_thread *holder;
	unsigned i;

	walk.dwfl = report_files(&snapshot->process[process]);
	if (!walk.dwfl ||
	    !dwfl_attach_state(walk.dwfl, NULL,
			       snapshot->process[process].host_pid,
			       &thread_callbacks, &walk)) {
		put(ret->trouble, sizeof ret->trouble, dwfl_errmsg(-1));
		return;
	}
	for (i = 0; i < snapshot->threads; i++) {
		walk.thread = &snapshot->thread[i];
		walk.ret = &ret->thread[i];
		walk.registers = registers[i];
		if (walk.thread->process != process ||
		    !walk.thread->has_registers)
			continue;
		(void)dwfl_getthread_frames(walk.dwfl, walk.thread->host_tid,
					    take_frame, &walk);
		describe_wait(&walk);
	}
	for (i = 0; i < snapshot->threads; i++) {
		if (snapshot->thread[i].process != process ||
		    ret->thread[i].wait != BOX_WAIT_MUTEX)
			continue;
		holder = by_number(ret, ret->thread[i].process,
				   ret->thread[i].wait_thread);
		if (holder)
			describe_taken_at(&walk, holder,
					  registers[holder - ret->thread],
					  &ret->thread[i]);
	}
	dwfl_end(walk.dwfl);
}

void describe(const struct snapshot *snapshot, struct box_threads *ret)
{
	unsigned i;

	ret->all = snapshot->all;
	put(ret->trouble, sizeof ret->trouble, snapshot->trouble);
	for (i = 0; i < snapshot->threads; i++)
		ret->thread[i] = snapshot->thread[i].box;
	ret->threads = snapshot->threads;
	for (i = 0; i < snapshot->processes; i++)
		if (snapshot_has_stacks(snapshot, i))
			describe_process(snapshot, i, ret);
}
