/*
 * describe.c - see describe.h; libdw and libdwfl of elfutils
 *
 * The files of each process are reported to libdwfl where they were mapped,
 * registers and stacks come from the snapshot, and libdwfl does the walking.
 * For each frame the scopes in the debug information tell which functions
 * were inlined there; each gets a frame of its own, as a debugger shows it.
 *
 * What a thread waits for is clear from the kernel's point of view (a futex,
 * see waits.c); which of the pthread objects it is, the names of the
 * innermost functions tell.
 */
#include "describe.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

/* Where glibc notes the owner of a mutex, in ints: struct __pthread_mutex_s in
 * its sysdeps/nptl/bits/struct_mutex.h for x86_64. */
#define MUTEX_OWNER_WORD 2
#define CALL_SITES_MAX 64
#define INNER_FRAMES 6 /* the C library's own, and its caller to be sure */
#define SCOPE_DEPTH_MAX 32

/* ---- what libdwfl asks for ---- */

struct walk {
	const struct snapshot *snapshot;
	unsigned process;
	const struct snapshot_thread *thread;
	Dwfl *dwfl;
	struct box_thread *ret;
};

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

/* The last bytes of a path say more than its first. */
static void put_path(char *to, size_t size, const char *path)
{
	size_t length = path ? strlen(path) : 0;

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

static const char *die_name(Dwarf_Die *die)
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
		    die_name(&scopes[i]));
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

static void add_address(struct walk *walk, Dwarf_Addr address)
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

/* A return address is that of the next instruction, which may belong to the
 * next line or even to the next function; the byte before is the call's. */
static int take_frame(Dwfl_Frame *frame, void *data)
{
	struct walk *walk = data;
	bool is_activation;
	Dwarf_Addr pc;

	if (!dwfl_frame_pc(frame, &pc, &is_activation))
		return DWARF_CB_ABORT;
	add_address(walk, is_activation ? pc : pc - 1);
	return walk->ret->frames < BOX_FRAMES_MAX ? DWARF_CB_OK
						  : DWARF_CB_ABORT;
}

/* ---- calls that debug information knows of ---- */

/* One place in a function that calls another one of interest. */
struct call_site {
	Dwarf_Addr return_address;
	const char *callee;
	Dwarf_Addr argument; /* the address handed over; 0: not known */
};

struct call_sites {
	bool (*wanted)(const char *callee);
	unsigned count;
	Dwarf_Addr bias;
	struct call_site site[CALL_SITES_MAX];
};

static bool takes_mutex(const char *function)
{
	return function && (strcmp(function, "pthread_mutex_lock") == 0 ||
			    strcmp(function, "pthread_mutex_trylock") == 0 ||
			    strcmp(function, "pthread_mutex_timedlock") == 0 ||
			    strcmp(function, "pthread_mutex_clocklock") == 0 ||
			    strcmp(function, "mtx_lock") == 0);
}

static bool any_function(const char *function)
{
	return function != NULL;
}

/* The constant that is the first argument of a call, if it is one. */
static Dwarf_Addr constant_argument(Dwarf_Die *site)
{
	Dwarf_Attribute attribute;
	Dwarf_Die parameter;
	Dwarf_Op *operation;
	size_t length;

	if (dwarf_child(site, &parameter) != 0)
		return 0;
	do {
		if (dwarf_getlocation(
			    dwarf_attr(&parameter, DW_AT_location, &attribute),
			    &operation, &length) != 0 ||
		    length != 1 || operation->atom != DW_OP_reg5 /* rdi */)
			continue;
		if (dwarf_getlocation(dwarf_attr(&parameter, DW_AT_call_value,
						 &attribute),
				      &operation, &length) == 0 &&
		    length == 1 && operation->atom == DW_OP_addr)
			return operation->number;
	} while (dwarf_siblingof(&parameter, &parameter) == 0);
	return 0;
}

static void add_call_site(struct call_sites *sites, Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Die callee;
	Dwarf_Addr returns;
	struct call_site *site = &sites->site[sites->count];

	if (sites->count == CALL_SITES_MAX ||
	    !dwarf_formref_die(dwarf_attr(die, DW_AT_call_origin, &attribute),
			       &callee) ||
	    !sites->wanted(die_name(&callee)) ||
	    dwarf_formaddr(dwarf_attr(die, DW_AT_call_return_pc, &attribute),
			   &returns) != 0)
		return;
	site->return_address = returns + sites->bias;
	site->callee = die_name(&callee);
	site->argument = constant_argument(die);
	if (site->argument)
		site->argument += sites->bias;
	sites->count++;
}

/* All places in a function, inlined parts included. */
static void find_call_sites(struct call_sites *sites, Dwarf_Die *parent,
			    unsigned depth)
{
	Dwarf_Die die;

	if (depth == SCOPE_DEPTH_MAX || dwarf_child(parent, &die) != 0)
		return;
	do {
		if (dwarf_tag(&die) == DW_TAG_call_site)
			add_call_site(sites, &die);
		else
			find_call_sites(sites, &die, depth + 1);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static bool function_at(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Die *ret,
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

/* ---- what is waited for ---- */

/* The function that the call before @address + 1 is to; NULL: not known. */
static const char *called_at(Dwfl *dwfl, Dwarf_Addr address)
{
	struct call_sites sites = { .wanted = any_function };
	Dwarf_Die function;
	unsigned i;

	if (!function_at(dwfl, address, &function, &sites.bias))
		return NULL;
	find_call_sites(&sites, &function, 0);
	for (i = 0; i < sites.count; i++)
		if (sites.site[i].return_address == address + 1)
			return sites.site[i].callee;
	return NULL;
}

/* Not all of the C library's functions have names in its symbol tables, but
 * the program's debug information knows which it called. */
static bool in_function(const struct walk *walk, const char *part)
{
	const struct box_thread *thread = walk->ret;
	const char *callee;
	unsigned i;

	for (i = 0; i < thread->frames && i < INNER_FRAMES; i++) {
		if (strstr(thread->frame[i].function, part))
			return true;
		callee = called_at(walk->dwfl, thread->frame[i].address);
		if (callee && strstr(callee, part))
			return true;
	}
	return false;
}

/* By names of functions; a mutex first, for waiting for a condition ends with
 * taking one again. */
static enum box_wait kind_of_futex(const struct walk *walk)
{
	static const struct {
		const char *part;
		enum box_wait wait;
	} kinds[] = {
		{ "mutex_lock", BOX_WAIT_MUTEX },
		{ "mutex_timedlock", BOX_WAIT_MUTEX },
		{ "mutex_clocklock", BOX_WAIT_MUTEX },
		{ "mtx_lock", BOX_WAIT_MUTEX },
		{ "lll_lock_wait", BOX_WAIT_MUTEX },
		{ "cond_wait", BOX_WAIT_CONDITION },
		{ "cond_timedwait", BOX_WAIT_CONDITION },
		{ "cond_clockwait", BOX_WAIT_CONDITION },
		{ "cnd_wait", BOX_WAIT_CONDITION },
		{ "sem_wait", BOX_WAIT_SEMAPHORE },
		{ "sem_timedwait", BOX_WAIT_SEMAPHORE },
		{ "sem_clockwait", BOX_WAIT_SEMAPHORE },
		{ "rwlock", BOX_WAIT_RWLOCK },
		{ "barrier_wait", BOX_WAIT_BARRIER },
	};
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (in_function(walk, kinds[i].part))
			return kinds[i].wait;
	return BOX_WAIT_FUTEX;
}

/* The kernel wakes who joins a thread by a word that holds the thread's number
 * until it ends (clone(2), CLONE_CHILD_CLEARTID); that is never a private
 * futex, and what the program makes itself mostly is. */
static bool is_join(const struct walk *walk)
{
	const struct snapshot_thread *thread = walk->thread;
	unsigned i;

	if (thread->words == 0 ||
	    (thread->box.syscall_args[1] & FUTEX_PRIVATE_FLAG) ||
	    (int32_t)thread->box.syscall_args[2] != thread->word[0])
		return false;
	for (i = 0; i < walk->snapshot->threads; i++)
		if (walk->snapshot->thread[i].process == walk->process &&
		    walk->snapshot->thread[i].box.thread == thread->word[0])
			return true;
	return false;
}

static void name_object(struct walk *walk)
{
	struct box_thread *ret = walk->ret;
	Dwfl_Module *module = dwfl_addrmodule(walk->dwfl, ret->wait_address);
	GElf_Off offset = 0;
	GElf_Sym symbol;
	const char *name;

	if (!module || !ret->wait_address)
		return;
	name = dwfl_module_addrinfo(module, ret->wait_address, &offset, &symbol,
				    NULL, NULL, NULL);
	if (!name || GELF_ST_TYPE(symbol.st_info) != STT_OBJECT ||
	    offset >= symbol.st_size)
		return;
	if (offset == 0 || ret->wait != BOX_WAIT_MUTEX) /* all of it is one */
		put(ret->wait_object, sizeof ret->wait_object, name);
	else
		(void)snprintf(ret->wait_object, sizeof ret->wait_object,
			       "%s+%llu", name, (unsigned long long)offset);
}

static void explain_wait(struct walk *walk)
{
	const struct snapshot_thread *thread = walk->thread;
	struct box_thread *ret = walk->ret;

	if (ret->wait == BOX_WAIT_FUTEX)
		ret->wait = is_join(walk) ? BOX_WAIT_JOIN : kind_of_futex(walk);
	if (ret->wait == BOX_WAIT_MUTEX && thread->words > MUTEX_OWNER_WORD)
		ret->wait_thread = thread->word[MUTEX_OWNER_WORD];
	if (ret->wait == BOX_WAIT_JOIN && thread->words > 0)
		ret->wait_thread = thread->word[0];
	name_object(walk);
}

/* ---- where a mutex was taken ---- */

/*
 * Nothing records where a mutex was taken. But whoever holds one mostly still
 * is in the function that took it: if its stack has exactly one place that
 * may have taken it, that is told. A place that is known to take another
 * mutex is none, nor is the call that the holder itself waits in.
 */
static void find_taken_at(struct walk *walk, const struct box_thread *holder,
			  struct box_thread *waiter)
{
	struct call_sites sites = { .wanted = takes_mutex };
	Dwarf_Addr found = 0, last_entry = 0;
	unsigned i, k, places = 0;
	Dwarf_Die function;

	for (i = 0; i < holder->frames; i++) {
		Dwarf_Addr at = holder->frame[i].address, entry = 0;

		if (!function_at(walk->dwfl, at, &function, &sites.bias) ||
		    (dwarf_entrypc(&function, &entry) == 0 &&
		     entry == last_entry))
			continue;
		last_entry = entry;
		sites.count = 0;
		find_call_sites(&sites, &function, 0);
		for (k = 0; k < sites.count; k++) {
			const struct call_site *site = &sites.site[k];

			if (site->return_address == at + 1 ||
			    (site->argument &&
			     site->argument != waiter->wait_address))
				continue;
			found = site->return_address;
			places++;
		}
	}
	if (places == 1) {
		struct box_thread *ret = walk->ret;
		/* told in a thread that nobody sees */
		static struct box_thread scratch;

		memset(&scratch, 0, sizeof scratch);
		walk->ret = &scratch;
		add_address(walk, found - 1);
		walk->ret = ret;
		waiter->taken_at = scratch.frame[0];
	}
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
		if (walk.thread->process != process ||
		    !walk.thread->has_registers)
			continue;
		(void)dwfl_getthread_frames(walk.dwfl, walk.thread->host_tid,
					    take_frame, &walk);
		explain_wait(&walk);
	}
	for (i = 0; i < snapshot->threads; i++) {
		if (snapshot->thread[i].process != process ||
		    ret->thread[i].wait != BOX_WAIT_MUTEX)
			continue;
		holder = by_number(ret, ret->thread[i].process,
				   ret->thread[i].wait_thread);
		if (holder)
			find_taken_at(&walk, holder, &ret->thread[i]);
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
		describe_process(snapshot, i, ret);
}
