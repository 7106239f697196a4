/*
 * explorer_dwarf.c - see explorer_dwarf.h
 *
 * Locked in means: a few seconds, some memory, no descriptor but two, and no
 * system call but those that reading a file takes. Whoever takes this child
 * over by way of its ELF file can lie about names, and no more.
 */
#define _GNU_SOURCE /* close_range */
#include "explorer_dwarf.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CPU_SECONDS 5
#define MEMORY_BYTES (1ull << 30)
#define PROGRAM_FD 0 /* in the child */
#define ANSWER_FD 1

/* ---- locked in ---- */

/* Sanitizers reserve more than any limit; they are not for production. */
static void limit(void)
{
	const struct rlimit cpu = { CPU_SECONDS, CPU_SECONDS };
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CPU, &cpu);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)setrlimit(RLIMIT_FSIZE, &none);
#ifndef __SANITIZE_ADDRESS__
	const struct rlimit memory = { MEMORY_BYTES, MEMORY_BYTES };

	(void)setrlimit(RLIMIT_AS, &memory);
#endif
}

#define ALLOW(name)                                               \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (__NR_##name), 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* Where a filter cannot be installed, a box is around this anyway. */
static void filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		ALLOW(read),
		ALLOW(pread64),
		ALLOW(write),
		ALLOW(lseek),
		ALLOW(fcntl),
		ALLOW(fstat),
		ALLOW(newfstatat),
		ALLOW(mmap),
		ALLOW(mremap),
		ALLOW(munmap),
		ALLOW(mprotect),
		ALLOW(madvise),
		ALLOW(brk),
		ALLOW(close),
		ALLOW(futex),
		ALLOW(sigaltstack),
		ALLOW(exit_group),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};
	const struct sock_fprog program = {
		.len = sizeof code / sizeof *code,
		.filter = code,
	};

	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* A crash is to be one, whatever this process does about its own. */
static void drop_handlers(void)
{
	int number;

	for (number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
}

/* The verdict, the channels and all else that this process was born with. */
static bool drop_descriptors(int program_fd, int answer_fd)
{
	int program = fcntl(program_fd, F_DUPFD, 2 + ANSWER_FD);
	int answer = fcntl(answer_fd, F_DUPFD, 2 + ANSWER_FD);

	return program >= 0 && answer >= 0 &&
	       dup2(program, PROGRAM_FD) == PROGRAM_FD &&
	       dup2(answer, ANSWER_FD) == ANSWER_FD &&
	       close_range(ANSWER_FD + 1, ~0u, 0) == 0;
}

/* ---- reading ---- */

static int no_elf(Dwfl_Module *module, void **data, const char *name,
		  Dwarf_Addr base, char **path, Elf **elf)
{
	(void)module;
	(void)data;
	(void)name;
	(void)base;
	(void)path;
	(void)elf;
	return -1; /* it is reported with its file */
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

static const Dwfl_Callbacks callbacks = {
	.find_elf = no_elf,
	.find_debuginfo = no_debuginfo,
};

static const char *name_of(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;

	return dwarf_formstring(
		dwarf_attr_integrate(die, DW_AT_name, &attribute));
}

static uint32_t call_line(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Word number = 0;

	(void)dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute),
			      &number);
	return number < UINT32_MAX ? (uint32_t)number : 0;
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

static void put(char *to, size_t size, const char *name)
{
	if (name)
		(void)snprintf(to, size, "%s", name);
}

/* The innermost function at @address, and the one that it is inlined into. */
static void functions_at(Dwarf_Die *unit, Dwarf_Addr address,
			 struct explorer_line *line)
{
	Dwarf_Die *scopes = NULL;
	bool inlined = false;
	int count = scopes_at(unit, address, &scopes), i;

	for (i = 0; i < count; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag == DW_TAG_inlined_subroutine) {
			if (!inlined)
				put(line->function, sizeof line->function,
				    name_of(&scopes[i]));
			line->within_line = call_line(&scopes[i]);
			inlined = true;
		} else if (tag == DW_TAG_subprogram) {
			put(inlined ? line->within : line->function,
			    sizeof line->function, name_of(&scopes[i]));
			break;
		}
	}
	free(scopes);
}

/* A name that was relative to the compiler is so again. */
static const char *as_given(Dwarf_Die *unit, const char *file)
{
	Dwarf_Attribute attribute;
	const char *folder = dwarf_formstring(
		dwarf_attr(unit, DW_AT_comp_dir, &attribute));
	size_t size = folder ? strlen(folder) : 0;

	if (size > 0 && strncmp(file, folder, size) == 0 && file[size] == '/')
		file += size + 1;
	if (strncmp(file, "./", 2) == 0)
		file += 2;
	return file;
}

static void line_at(Dwarf_Die *unit, Dwarf_Addr address,
		    struct explorer_line *line)
{
	Dwarf_Line *found = dwarf_getsrc_die(unit, address);
	const char *file = found ? dwarf_linesrc(found, NULL, NULL) : NULL;
	int number = 0;

	if (!file || dwarf_lineno(found, &number) != 0 || number <= 0)
		return;
	file = as_given(unit, file);
	if (strlen(file) >= sizeof line->file)
		return;
	put(line->file, sizeof line->file, file);
	line->line = (uint32_t)number;
}

/* By the table that gcc writes for this, or, as clang writes none, by looking
 * through all there are. */
static Dwarf_Die *unit_at(Dwfl_Module *module, Dwarf_Addr address,
			  Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(module, address, bias);

	if (unit)
		return unit;
	while ((unit = dwfl_module_nextcu(module, unit, bias)))
		if (dwarf_haspc(unit, address - *bias) > 0)
			break;
	return unit;
}

static void look_up(Dwfl *dwfl, struct explorer_line *line)
{
	Dwarf_Addr address = line->pc - 1; /* the call, not what follows it */
	Dwfl_Module *module = dwfl_addrmodule(dwfl, address);
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit;

	if (!module)
		return;
	unit = unit_at(module, address, &bias);
	if (unit) {
		functions_at(unit, address - bias, line);
		line_at(unit, address - bias, line);
	}
	if (!*line->function)
		put(line->function, sizeof line->function,
		    dwfl_module_addrname(module, address));
}

static bool write_all(const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	while (size > 0) {
		ssize_t put = write(ANSWER_FD, at, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		at += put;
		size -= (size_t)put;
	}
	return true;
}

_Noreturn void explorer_dwarf_helper(int program_fd, int answer_fd,
				     struct explorer_line *lines, size_t count)
{
	Dwfl *dwfl;
	size_t i;

	drop_handlers();
	if (!drop_descriptors(program_fd, answer_fd))
		_exit(1);
	limit();
	filter();
	dwfl = dwfl_begin(&callbacks);
	if (!dwfl ||
	    !dwfl_report_elf(dwfl, "program", "program", PROGRAM_FD, 0, true))
		_exit(1);
	(void)dwfl_report_end(dwfl, NULL, NULL);
	for (i = 0; i < count; i++) {
		look_up(dwfl, &lines[i]);
		if (!write_all(&lines[i], sizeof lines[i]))
			_exit(1);
	}
	_exit(0);
}
