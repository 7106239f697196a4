/*
 * describe_waits.c - see describe_parts.h
 *
 * What a thread waits for is clear from the kernel's point of view (a futex,
 * see waits.c); which of the pthread objects it is, the names of the innermost
 * functions tell.
 */
#include "describe_parts.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>

/* Where glibc notes the owner of a mutex, in ints: struct __pthread_mutex_s in
 * its sysdeps/nptl/bits/struct_mutex.h for x86_64. */
#define MUTEX_OWNER_WORD 2
#define CALL_SITES_MAX 64
#define INNER_FRAMES 6 /* the C library's own, and its caller to be sure */
#define SCOPE_DEPTH_MAX 32
#define OPERATIONS_MAX 8
#define REGISTER_RDI 5

/* ---- calls that debug information knows of ---- */

/* One place in a function that calls another one of interest. */
struct call_site {
	Dwarf_Addr return_address;
	const char *callee;
	bool has_argument;   /* it is known: */
	Dwarf_Addr argument; /* the first */
};

struct call_sites {
	bool (*wanted)(const char *callee);
	const struct frame_registers *registers; /* or NULL */
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

/*
 * The value of an expression over registers, as they are now: they are mostly
 * those of the time of the call, for a compiler keeps in them what it needs
 * again. False: it needs more than that.
 */
static bool evaluate(const Dwarf_Op *operations, size_t length,
		     const struct call_sites *sites, Dwarf_Addr *ret)
{
	const struct frame_registers *registers = sites->registers;
	Dwarf_Word value = 0;
	size_t i;

	for (i = 0; i < length && i < OPERATIONS_MAX; i++) {
		const Dwarf_Op *operation = &operations[i];
		unsigned number = operation->atom - DW_OP_breg0;

		if (operation->atom == DW_OP_addr && i == 0)
			value = operation->number + sites->bias;
		else if (operation->atom == DW_OP_plus_uconst && i > 0)
			value += operation->number;
		else if (i == 0 && operation->atom >= DW_OP_breg0 &&
			 number < DESCRIBE_REGISTERS && registers &&
			 registers->known & 1u << number)
			value = registers->value[number] + operation->number;
		else
			return false;
	}
	*ret = value;
	return length > 0 && length <= OPERATIONS_MAX;
}

/* The first argument of a call; false: not known. */
static bool first_argument(Dwarf_Die *site, const struct call_sites *sites,
			   Dwarf_Addr *ret)
{
	Dwarf_Attribute attribute;
	Dwarf_Die parameter;
	Dwarf_Op *operations;
	size_t length;

	if (dwarf_child(site, &parameter) != 0)
		return false;
	do {
		if (dwarf_getlocation(
			    dwarf_attr(&parameter, DW_AT_location, &attribute),
			    &operations, &length) != 0 ||
		    length != 1 ||
		    operations->atom != DW_OP_reg0 + REGISTER_RDI)
			continue;
		return dwarf_getlocation(dwarf_attr(&parameter,
						    DW_AT_call_value,
						    &attribute),
					 &operations, &length) == 0 &&
		       evaluate(operations, length, sites, ret);
	} while (dwarf_siblingof(&parameter, &parameter) == 0);
	return false;
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
	    !sites->wanted(describe_name(&callee)) ||
	    dwarf_formaddr(dwarf_attr(die, DW_AT_call_return_pc, &attribute),
			   &returns) != 0)
		return;
	site->return_address = returns + sites->bias;
	site->callee = describe_name(&callee);
	site->has_argument = first_argument(die, sites, &site->argument);
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

/* ---- what is waited for ---- */

/* The function that the call before @address + 1 is to; NULL: not known. */
static const char *called_at(Dwfl *dwfl, Dwarf_Addr address)
{
	struct call_sites sites = { .wanted = any_function };
	Dwarf_Die function;
	unsigned i;

	if (!describe_function_at(dwfl, address, &function, &sites.bias))
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
		(void)snprintf(ret->wait_object, sizeof ret->wait_object, "%s",
			       name);
	else
		(void)snprintf(ret->wait_object, sizeof ret->wait_object,
			       "%s+%llu", name, (unsigned long long)offset);
}

void describe_wait(struct walk *walk)
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

/* Places that may have taken a mutex, and such as have. */
struct places {
	unsigned possible, certain;
	Dwarf_Addr address;
};

static void weigh(const struct call_site *site, Dwarf_Addr mutex,
		  struct places *places)
{
	bool certain = site->has_argument && site->argument == mutex;

	if (site->has_argument && !certain)
		return;
	if (certain && places->certain == 0)
		places->possible = 0; /* what may be is outdone */
	if (!certain && places->certain > 0)
		return;
	places->certain += certain;
	places->possible++;
	places->address = site->return_address - 1;
}

/*
 * Nothing records where a mutex was taken. But whoever holds one mostly still
 * is in the function that took it: if its stack has exactly one place that
 * takes this mutex, or else exactly one that may, that is told. The call that
 * the holder itself waits in is none.
 */
void describe_taken_at(struct walk *walk, const struct box_thread *holder,
		       const struct frame_registers *registers,
		       struct box_thread *waiter)
{
	static struct box_thread told; /* for one frame */
	struct box_thread *ret = walk->ret;
	struct places places = { 0 };
	Dwarf_Addr last_entry = 0;
	unsigned i, k;

	for (i = 0; i < holder->frames; i++) {
		struct call_sites sites = { .wanted = takes_mutex,
					    .registers = &registers[i] };
		Dwarf_Addr at = holder->frame[i].address, entry = 0;
		Dwarf_Die function;

		if (!describe_function_at(walk->dwfl, at, &function,
					  &sites.bias) ||
		    (dwarf_entrypc(&function, &entry) == 0 &&
		     entry == last_entry))
			continue;
		last_entry = entry;
		find_call_sites(&sites, &function, 0);
		for (k = 0; k < sites.count; k++)
			if (sites.site[k].return_address != at + 1)
				weigh(&sites.site[k], waiter->wait_address,
				      &places);
	}
	if (places.possible != 1)
		return;
	told.frames = 0;
	walk->ret = &told;
	describe_address(walk, places.address);
	walk->ret = ret;
	waiter->taken_at = told.frame[0];
}
