/*
 * banned.h - functions that have no place in this program
 *
 * The Makefile includes it in front of every source. The system headers that
 * declare them come first; after that, a call is a compile error that says
 * what to use instead. In parentheses, (system)(...), one can be reached: a
 * reviewer will ask why. The idea is from git's file of the same name.
 */
#ifndef ASSAY_BANNED_H
#define ASSAY_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An expression that does not compile, wherever it stands. */
#define BANNED(function, instead)                                   \
	((int)sizeof(struct {                                       \
		_Static_assert(0, function " is banned: " instead); \
		int banned_;                                        \
	}))

#undef strcpy
#define strcpy(to, from) BANNED("strcpy", "use snprintf or memcpy")
#undef strcat
#define strcat(to, from) BANNED("strcat", "use snprintf at an offset")
#undef sprintf
#define sprintf(...) BANNED("sprintf", "use snprintf")
#undef vsprintf
#define vsprintf(to, format, args) BANNED("vsprintf", "use vsnprintf")
#undef strtok
#define strtok(text, separators) BANNED("strtok", "use strcspn or strsep")
#undef atoi
#define atoi(text) BANNED("atoi", "use strtol and check where it stopped")
#undef atol
#define atol(text) BANNED("atol", "use strtol and check where it stopped")
#undef system
#define system(command) BANNED("system", "start the program itself")
#undef gets
#define gets(to) BANNED("gets", "use fgets or getline")

#endif
