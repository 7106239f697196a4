# assay - one Makefile for the whole tree; "make help" lists what it can do.
#
#   make            build/assay, build/assay-sandbox and what they build with
#   make demo       grade a batch of real submissions and check the verdicts
#   make test       unit and end-to-end tests
#
# Variables: BUILD (build folder), CC, CFLAGS, SANITIZE (a list for
# -fsanitize=), WERROR=1 (as CI=true does), V=1 (print commands, and every
# line of every test), HOSTS (test-hosts: only these of tests/hosts/hosts.json),
# E2E_ONLY (of the end-to-end tests, run only these: "grade check"), PREFIX and
# DESTDIR (install).

BUILD ?= build
PREFIX ?= /usr/local
CFLAGS ?= -O2 -g
TOOLS := tests/tools
OBJCOPY ?= objcopy

# Make's own default is cc; reports are about what gcc 12 does.
ifeq ($(origin CC),default)
CC := gcc
endif

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += -r
.DEFAULT_GOAL := all

# --- Debian packages -------------------------------------------------------
#
# Each goal asks only for what it needs itself. tests/tools/deps knows how to
# tell whether a package is there.

PACKAGES_build := gcc libc6-dev make pkg-config binutils libuv1-dev \
	libseccomp-dev libdw-dev libjansson-dev libarchive-dev libsodium-dev \
	zlib1g-dev
PACKAGES_demo := python3
PACKAGES_languages := g++ python3
PACKAGES_test := libcmocka-dev python3 python3-jsonschema
PACKAGES_formats := libxml2-utils nodejs npm python3
PACKAGES_bench := bubblewrap python3
PACKAGES_verify := clang
PACKAGES_fuzz := clang libclang-rt-14-dev
PACKAGES_cluster := slurm-wlm munge parallel python3
PACKAGES_hosts := qemu-system-x86 python3
PACKAGES_headers := gcc clang
PACKAGES_format := clang-format
PACKAGES_tidy := clang-tidy
PACKAGES_lint := mandoc
# A browser is big, Slurm and munge are daemons, and each is for one goal only:
# that goal installs them, "deps" does not.
PACKAGES_reports := chromium nodejs npm python3
PACKAGES_all := build demo languages test fuzz bench hosts headers format tidy lint

# Goals that are about one package list only, or about none; every other goal
# compiles, so it starts from "build".
NEEDS_help :=
NEEDS_clean :=
NEEDS_uninstall :=
NEEDS_check-rooms :=
NEEDS_check-format := format
NEEDS_format := format
NEEDS_check-docs := lint
NEEDS_check-headers := build test headers
NEEDS_tidy := build test tidy
NEEDS_demo := build languages demo
NEEDS_tests := build languages test
NEEDS_test := build languages test fuzz
NEEDS_test-unit := build test
NEEDS_test-e2e := build languages test
NEEDS_test-explore := build test
NEEDS_test-formats := build formats
NEEDS_bench-explore := build bench
NEEDS_test-cluster := build cluster
NEEDS_test-hosts := build languages test hosts
NEEDS_test-hostile := build languages test
NEEDS_test-reports := build languages formats reports
NEEDS_asan := build languages test
NEEDS_test-faults := build languages test
NEEDS_test-resume := build test
NEEDS_bench := build bench
NEEDS_bench-batch := build bench
NEEDS_bench-similar := build bench
NEEDS_verify := build languages verify
NEEDS_fuzz := build fuzz
NEEDS_fuzz-judges := build fuzz
NEEDS_deps := $(PACKAGES_all)

GOALS := $(or $(MAKECMDGOALS),all)
needs = $(if $(filter undefined,$(origin NEEDS_$1)),build,$(NEEDS_$1))
NEEDS := $(sort $(foreach goal,$(GOALS),$(call needs,$(goal))))
PACKAGES := $(sort $(foreach list,$(NEEDS),$(PACKAGES_$(list))))

# "deps check" says nothing when all is there, "install" when the recipe of
# $(BUILD)/packages can help. Where it cannot, it prints the apt-get line that
# somebody else has to run, and make ends right here with nothing added: a
# failing recipe would print make's own words, -q only sets the exit status.
DEPS := $(if $(PACKAGES),$(shell $(TOOLS)/deps check $(BUILD) $(PACKAGES)))
ifeq ($(DEPS),stuck)
MAKEFLAGS += -q
.PHONY: $(GOALS)
$(GOALS):
	@false
else

# --- Flags -----------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wconversion -Wsign-conversion -Wcast-qual -Wpointer-arith \
	-Wwrite-strings -Wundef -Wvla -Wswitch-enum -Wdate-time \
	-Wimplicit-fallthrough -Wnull-dereference
ifneq ($(filter 1 true,$(CI) $(WERROR)),)
WARNINGS += -Werror
endif

HARDENING := -fno-common -fstack-protector-strong -fPIE
LINK_HARDENING := -pie -Wl,-z,relro,-z,now
ifeq ($(SANITIZE),)
HARDENING += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
else
HARDENING += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
LINK_HARDENING += -fsanitize=$(SANITIZE)
endif

# _GNU_SOURCE is defined as empty, so that a source that defines it itself
# (the kit is compiled without this Makefile, too) says the same thing.
ALL_CPPFLAGS := -D_GNU_SOURCE= -Iinclude -include include/assay/banned.h
ALL_CFLAGS := -std=gnu17 $(WARNINGS) $(HARDENING) $(CFLAGS) \
	-ffile-prefix-map=$(CURDIR)/=
ALL_LDFLAGS := $(LINK_HARDENING) -Wl,--as-needed $(LDFLAGS)

# The explorer's runtime is linked into candidates' programs in place of
# libtsan, which is no place for a sanitizer or for hardening: threads there are
# fibers that change stacks, and such a program is at fixed addresses. It must
# not call the functions of libc that it stands for, which a compiler might have
# it do. gcc's in any case, as candidates' code is. The canary is the exception:
# it has to be like their code.
EXPLORE_CC := $(if $(findstring clang,$(CC)),gcc,$(CC))
EXPLORE_CFLAGS := -std=gnu17 $(WARNINGS) -g -fno-common -fno-stack-protector \
	-fno-pie -fcf-protection=none -ffile-prefix-map=$(CURDIR)/=
EXPLORE_AS_RUNTIME := -O2 -fno-builtin -fno-tree-loop-distribute-patterns
EXPLORE_AS_CANDIDATE := -O1 -fsanitize=thread -fno-ipa-reference -fno-builtin

# Which libraries a room may use. Asked of pkg-config when the first recipe
# needs it, and not before: "make" may still have to install it.
LIBS_harness := libuv jansson libarchive libsodium zlib
LIBS_sandbox := libseccomp libdw
LIBS_kit := jansson libdw
LIBS_tests := cmocka
LIBS_all := $(LIBS_harness) $(LIBS_sandbox) $(LIBS_tests)
pkg_memo = $(or $(pkg_$1),$(eval pkg_$1 := $(shell pkg-config $2))$(pkg_$1))
cflags = $(call pkg_memo,cflags_$1,--cflags $(LIBS_$1))
libs = $(call pkg_memo,libs_$1,--libs $(LIBS_$1)) -lm

# --- Sources ---------------------------------------------------------------

OBJ := $(BUILD)/obj
objects = $(patsubst %.c,$(OBJ)/%.o,$1)

HARNESS := $(sort $(wildcard harness/*.c))
SANDBOX := $(sort $(wildcard sandbox/*.c))
EXPLORE := $(sort $(wildcard sandbox/explore/*.c))
KEEPER := exercises/kit/keeper.c
KIT := $(filter-out $(KEEPER),$(sort $(wildcard exercises/kit/*.c)))
HARNESS_OBJECTS := $(call objects,$(HARNESS))
SANDBOX_OBJECTS := $(call objects,$(SANDBOX))
EXPLORE_OBJECTS := $(call objects,$(EXPLORE))
KIT_OBJECTS := $(call objects,$(KIT))

# tests/X/test_*.c (bench_*.c for bench) are programs; the other files of the
# folder are linked into each of them.
UNIT := $(sort $(wildcard tests/unit/test_*.c))
E2E := $(sort $(wildcard tests/e2e/test_*.c))
BENCH := $(sort $(wildcard tests/bench/bench_*.c))
UNIT_HELPERS := $(filter-out $(UNIT),$(sort $(wildcard tests/unit/*.c)))
E2E_HELPERS := $(filter-out $(E2E),$(sort $(wildcard tests/e2e/*.c)))
BENCH_HELPERS := $(filter-out $(BENCH),$(sort $(wildcard tests/bench/*.c)))
UNIT_PROGRAMS := $(UNIT:%.c=$(BUILD)/%)
E2E_PROGRAMS := $(E2E:%.c=$(BUILD)/%)
E2E_RUN := $(if $(E2E_ONLY),$(E2E_ONLY:%=$(BUILD)/tests/e2e/test_%),$(E2E_PROGRAMS))
BENCH_PROGRAMS := $(BENCH:%.c=$(BUILD)/%)

# tests/X/programs/*.c are what tests and benchmarks run in boxes: static, and
# built with nothing around them, neither hardening nor a sanitizer.
BENCH_BOXED := $(patsubst tests/bench/programs/%.c,$(BUILD)/tests/bench/%,\
	$(wildcard tests/bench/programs/*.c))
HOSTILE_BOXED := $(patsubst tests/hostile/programs/%.c,\
	$(BUILD)/tests/hostile/%,$(wildcard tests/hostile/programs/*.c))

# tests/fuzz/fuzz_*.c are libFuzzer's targets, and always clang's, with its
# sanitizers; so is what they are linked with, in objects of its own. No target
# is about a subcommand.
FUZZ := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_HELPERS := $(filter-out $(FUZZ),$(sort $(wildcard tests/fuzz/*.c)))
FUZZ_OBJ := $(BUILD)/fuzz/obj
fuzz_objects = $(patsubst %.c,$(FUZZ_OBJ)/%.o,$1)
FUZZ_TESTED := $(filter-out %/main.o %/cmd_%.o,$(call fuzz_objects,\
	$(HARNESS) $(KIT) sandbox/request.c sandbox/procfs.c))
FUZZ_PROGRAMS := $(FUZZ:tests/%.c=$(BUILD)/%)

# The hostile cases are data; these run them, with the helpers of e2e.
HOSTILE_RUNNERS := $(sort $(wildcard tests/hostile/runner/test_*.c))
HOSTILE_HELPERS := $(E2E_HELPERS) \
	$(filter-out $(HOSTILE_RUNNERS),$(sort $(wildcard tests/hostile/runner/*.c)))
HOSTILE_PROGRAMS := $(HOSTILE_RUNNERS:%.c=$(BUILD)/%)

# tests/explore/run_program is a supervisor of the explorer's for programs that
# stand alone, such as those of the suite.
EXPLORE_RUNNER := $(BUILD)/tests/explore/run_program
EXPLORE_RUNNER_OBJECTS := $(call objects,tests/explore/run_program.c \
	tests/explore/program.c tests/explore/outcome.c)

TEST_OBJECTS := $(EXPLORE_RUNNER_OBJECTS) $(call objects,\
	$(UNIT) $(E2E) $(BENCH) $(HOSTILE_RUNNERS) $(UNIT_HELPERS) \
	$(HOSTILE_HELPERS) $(BENCH_HELPERS))

PROGRAMS := $(BUILD)/assay $(BUILD)/assay-sandbox
EXPLORE_OBJECT := $(BUILD)/explore.o
KEEPER_PROGRAM := $(BUILD)/keeper

# The kit as judges in boxes link it: built as an exercise's judge is, whatever
# the rest is built for. What drivers are linked with they compile themselves.
JUDGE_LIBRARY := $(BUILD)/libjudge.a
JUDGE_OBJECTS := $(patsubst exercises/kit/%.c,$(OBJ)/judge/%.o,$(filter-out \
	%/driver.c %/crash.c,$(KIT)))
ARCHIVES := $(BUILD)/libharness.a $(BUILD)/libsandbox.a $(BUILD)/libkit.a

.PHONY: all deps tests test test-unit test-e2e test-faults test-hostile \
	test-hosts test-resume test-formats test-cluster test-explore test-reports \
	bench-explore bench-similar asan fuzz fuzz-judges demo verify bench bench-batch \
	check-headers check-rooms check-format check-docs format tidy install \
	uninstall clean help FORCE
.SECONDARY:

all: $(PROGRAMS) $(EXPLORE_OBJECT) $(KEEPER_PROGRAM) $(JUDGE_LIBRARY) $(ARCHIVES) ## build the programs (default)

deps: $(BUILD)/packages ## install every Debian package that any goal needs, but a browser

tests: all $(UNIT_PROGRAMS) $(E2E_PROGRAMS) $(HOSTILE_PROGRAMS) $(HOSTILE_BOXED) ## build the tests, run nothing

# --- Compiling and linking -------------------------------------------------

Q := $(if $(V),,@)
QUIET := $(findstring s,$(firstword -$(MAKEFLAGS)))
say = $(if $(V)$(QUIET),,@printf '  %-5s %s\n' '$1' '$(2:$(CURDIR)/%=%)')

# The list of packages that were last seen to be all there.
ifeq ($(DEPS),install)
$(BUILD)/packages: FORCE
endif
$(BUILD)/packages:
	@$(TOOLS)/deps install $(BUILD) $(PACKAGES)

# Objects depend on this file, which changes when a flag does.
FLAGS := $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(EXPLORE_CFLAGS) \
	$(EXPLORE_AS_RUNTIME) $(EXPLORE_AS_CANDIDATE) $(ALL_LDFLAGS)
ifneq ($(file <$(BUILD)/flags),$(FLAGS))
$(BUILD)/flags: FORCE
endif
$(BUILD)/flags:
	@mkdir -p $(@D) && printf '%s\n' '$(subst ','\'',$(FLAGS))' >$@

$(OBJ)/harness/%: ROOM = $(call cflags,harness)
$(OBJ)/sandbox/%: ROOM = -Isandbox $(call cflags,sandbox)
$(OBJ)/exercises/kit/%: ROOM = -Iexercises/kit -pthread $(call cflags,kit)
$(OBJ)/tests/%: ROOM = -I. -Iharness -Isandbox -Iexercises/kit -pthread \
	$(call cflags,harness) $(call cflags,sandbox)

COMPILE = $(CC) $(ALL_CPPFLAGS) $(ROOM) $(ALL_CFLAGS)

$(OBJ)/%.o: %.c $(BUILD)/flags | $(BUILD)/packages
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(COMPILE) -MMD -MP -c -o $@ $<

# What the assembler takes into it.
$(OBJ)/harness/html_page.o $(FUZZ_OBJ)/harness/html_page.o: harness/report.css

# One object, of which only what candidate code calls can be seen.
$(OBJ)/sandbox/explore/%: AS = $(EXPLORE_AS_RUNTIME)
$(OBJ)/sandbox/explore/canary.o: AS = $(EXPLORE_AS_CANDIDATE)
$(OBJ)/sandbox/explore/%.o: sandbox/explore/%.c $(BUILD)/flags | $(BUILD)/packages
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(EXPLORE_CC) $(ALL_CPPFLAGS) $(EXPLORE_CFLAGS) $(AS) -MMD -MP -c -o $@ $<

$(EXPLORE_OBJECT): $(EXPLORE_OBJECTS)
	$(call say,LD,$@)
	$Q$(LD) -r -o $@.part $^
	$Q$(OBJCOPY) --localize-hidden $@.part $@
	@rm -f $@.part

$(OBJ)/judge/%.o: exercises/kit/%.c $(BUILD)/flags | $(BUILD)/packages
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$Q$(EXPLORE_CC) $(ALL_CPPFLAGS) -Iexercises/kit -std=gnu17 $(WARNINGS) \
		-O2 -g -ffile-prefix-map=$(CURDIR)/= -MMD -MP -c -o $@ $<

$(JUDGE_LIBRARY): $(JUDGE_OBJECTS)
	$(call say,AR,$@)
	@rm -f $@
	$Q$(AR) rcsD $@ $^

# In front of candidates' programs, so with nothing around it, and static: it
# is there before they are.
$(KEEPER_PROGRAM): $(KEEPER) $(BUILD)/flags | $(BUILD)/packages
	$(call say,LINK,$@)
	$Q$(EXPLORE_CC) $(ALL_CPPFLAGS) -Iexercises/kit -std=gnu17 $(WARNINGS) \
		-O2 -g -ffile-prefix-map=$(CURDIR)/= -static -MMD -MP \
		-MF $(OBJ)/keeper.d -o $@ $<

LINK = $(CC) $(HARDENING) $(CFLAGS) $(ALL_LDFLAGS) -o $@ \
	$(filter %.o,$^) $(filter %.a,$^)

$(BUILD)/assay: $(HARNESS_OBJECTS)
	$(call say,LINK,$@)
	$Q$(LINK) $(call libs,harness)

$(BUILD)/assay-sandbox: $(SANDBOX_OBJECTS)
	$(call say,LINK,$@)
	$Q$(LINK) $(call libs,sandbox)

# Everything but main(), for tests. Made anew each time: ar would keep the
# object of a source that is gone.
$(BUILD)/libharness.a: $(filter-out %/main.o,$(HARNESS_OBJECTS))
$(BUILD)/libsandbox.a: $(filter-out %/main.o,$(SANDBOX_OBJECTS))
$(BUILD)/libkit.a: $(KIT_OBJECTS)
$(ARCHIVES): $(BUILD)/flags
	$(call say,AR,$@)
	@rm -f $@
	$Q$(AR) rcs $@ $(filter %.o,$^)

# The keeper is tested as the program that it is.
$(UNIT_PROGRAMS): | $(KEEPER_PROGRAM)
$(UNIT_PROGRAMS): $(call objects,$(UNIT_HELPERS))
$(E2E_PROGRAMS): $(call objects,$(E2E_HELPERS))
$(HOSTILE_PROGRAMS): $(call objects,$(HOSTILE_HELPERS))
$(BENCH_PROGRAMS): $(call objects,$(BENCH_HELPERS))
TESTERS := $(UNIT_PROGRAMS) $(E2E_PROGRAMS) $(HOSTILE_PROGRAMS)
$(TESTERS): TEST_LIBS = $(call libs,tests)
$(TESTERS) $(BENCH_PROGRAMS): $(BUILD)/%: $(OBJ)/%.o $(ARCHIVES)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$Q$(LINK) -pthread $(TEST_LIBS) $(call libs,harness) \
		$(call libs,sandbox)

$(EXPLORE_RUNNER): $(EXPLORE_RUNNER_OBJECTS) $(BUILD)/libkit.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$Q$(LINK) $(call libs,kit)

$(BENCH_BOXED): $(BUILD)/tests/bench/%: tests/bench/programs/%.c
$(HOSTILE_BOXED): $(BUILD)/tests/hostile/%: tests/hostile/programs/%.c
$(HOSTILE_BOXED): $(wildcard tests/hostile/programs/*.h)
$(BENCH_BOXED) $(HOSTILE_BOXED): | $(BUILD)/packages
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$Q$(CC) -std=gnu17 -O2 -Wall -D_GNU_SOURCE= -static -pthread -o $@ $<

# Preloaded into the programs, so with nothing around it.
FAULT_SO := $(BUILD)/tests/faults/fault.so
$(FAULT_SO): tests/faults/fault.c | $(BUILD)/packages
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$Q$(CC) -std=gnu17 -O1 -g -Wall -Wextra -D_GNU_SOURCE= -fPIC -shared -o $@ $<

FUZZ_CC := clang
FUZZ_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_CFLAGS := -std=gnu17 $(WARNINGS) -O1 -g -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link $(FUZZ_SANITIZE)

$(BUILD)/fuzz/flags: FLAGS := $(FUZZ_CC) $(ALL_CPPFLAGS) $(FUZZ_CFLAGS)
ifneq ($(file <$(BUILD)/fuzz/flags),$(FUZZ_CC) $(ALL_CPPFLAGS) $(FUZZ_CFLAGS))
$(BUILD)/fuzz/flags: FORCE
endif
$(BUILD)/fuzz/flags:
	@mkdir -p $(@D) && printf '%s\n' '$(subst ','\'',$(FLAGS))' >$@

$(FUZZ_OBJ)/harness/%: ROOM = $(call cflags,harness)
$(FUZZ_OBJ)/sandbox/%: ROOM = -Isandbox $(call cflags,sandbox)
$(FUZZ_OBJ)/exercises/kit/%: ROOM = -Iexercises/kit -pthread $(call cflags,kit)
$(FUZZ_OBJ)/tests/%: ROOM = -I. -Iharness -Isandbox -Iexercises/kit -pthread \
	$(call cflags,harness) $(call cflags,sandbox)

$(FUZZ_OBJ)/%.o: %.c $(BUILD)/fuzz/flags | $(BUILD)/packages
	$(call say,FUZZ,$<)
	@mkdir -p $(@D)
	$Q$(FUZZ_CC) $(ALL_CPPFLAGS) $(ROOM) $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<

# An archive, so that a target has in it only what it calls.
$(BUILD)/fuzz/libtested.a: $(FUZZ_TESTED)
	$(call say,AR,$@)
	@rm -f $@
	$Q$(AR) rcs $@ $^

$(FUZZ_PROGRAMS): $(BUILD)/%: $(FUZZ_OBJ)/tests/%.o \
		$(call fuzz_objects,$(FUZZ_HELPERS)) $(BUILD)/fuzz/libtested.a
	$(call say,LINK,$@)
	$Q$(FUZZ_CC) -fsanitize=fuzzer $(FUZZ_SANITIZE) -g -pthread \
		-Wl,--as-needed,--wrap=LLVMFuzzerTestOneInput $(WRAP) -o $@ $^ $(call libs,harness) \
		$(call libs,kit)

$(BUILD)/fuzz/fuzz_judge: WRAP := -Wl,--wrap=exit,--wrap=calloc

-include $(patsubst %.o,%.d,$(HARNESS_OBJECTS) $(SANDBOX_OBJECTS) \
	$(EXPLORE_OBJECTS) $(JUDGE_OBJECTS) $(KIT_OBJECTS) $(TEST_OBJECTS) \
	$(OBJ)/keeper.o $(FUZZ_TESTED) \
	$(call fuzz_objects,$(FUZZ) $(FUZZ_HELPERS)))

# --- Running ---------------------------------------------------------------

# What tests and the demo find in their environment.
export ASSAY_BUILD := $(abspath $(BUILD))
export ASSAY_SOURCE := $(CURDIR)
# Judges that were built once are kept in the build folder, not in the user's.
export ASSAY_CACHE := $(abspath $(BUILD))/cache
# So is the key that reports are signed with.
export XDG_DATA_HOME := $(abspath $(BUILD))/data
RUN_ENV := ASSAY_EXERCISES=$(CURDIR)/exercises
RUN_TESTS := $(RUN_ENV) V=$(V) $(TOOLS)/run-tests

# Fuzz targets are built with sanitizers anyway, and the rest of these would
# take "make asan" too long.
ifeq ($(SANITIZE),)
HOSTILE_TEST := $(HOSTILE_PROGRAMS)
FUZZ_TEST := $(BUILD)/fuzz/fixed $(BUILD)/tests/dialogues/short
EXPLORE_TEST := $(BUILD)/tests/explore/short $(BUILD)/tests/explore/graded
FAULT_TEST := $(BUILD)/tests/faults/memory $(BUILD)/tests/faults/others
RESUME_TEST := $(BUILD)/tests/resume/short
endif

test: tests $(FUZZ_TEST) $(FAULT_TEST) $(EXPLORE_TEST) $(RESUME_TEST) ## unit, end-to-end and hostile tests, some faults, fuzz a little
	@$(RUN_TESTS) --together $(HOSTILE_TEST) $(FAULT_TEST) $(E2E_RUN) \
		$(FUZZ_TEST) $(EXPLORE_TEST) $(RESUME_TEST) $(UNIT_PROGRAMS)

test-unit: $(ARCHIVES) $(UNIT_PROGRAMS) ## run the unit tests
	@$(RUN_TESTS) --together $(UNIT_PROGRAMS)

test-e2e: tests ## run the end-to-end tests
	@$(RUN_TESTS) --together $(E2E_RUN)

# The short walk as two more test programs.
$(BUILD)/tests/faults/memory: KINDS := memory
$(BUILD)/tests/faults/others: KINDS := descriptor disk process message raw
$(BUILD)/tests/faults/memory $(BUILD)/tests/faults/others: $(FAULT_SO) $(PROGRAMS)
	@printf '#!/bin/sh\nexec %s/tests/faults/walk %s cmocka %s\n' \
		'$(CURDIR)' '$(abspath $(BUILD))' '$(KINDS)' >$@
	@chmod +x $@

# FAULTS: kinds to walk, "all" for each call instead of each place.
FAULTS ?= all
test-faults: all $(FAULT_SO) ## grade with each call failing once (FAULTS=..., see tests/README.md)
	@tests/faults/walk $(abspath $(BUILD)) $(FAULTS)

# RESUME_RUNS: how often a batch is killed; other ways to stop it a tenth each.
RESUME_RUNS ?= 100
RESUME_SEED ?=
test-resume: all ## batches killed at random and resumed (RESUME_RUNS=100, RESUME_SEED=...)
	@tests/resume/walk $(abspath $(BUILD)) --runs $(RESUME_RUNS) $(RESUME_SEED:%=--seed %)

# Some as one more test program, always the same.
$(BUILD)/tests/resume/short: $(PROGRAMS)
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s/tests/resume/walk %s --seed 1 --cmocka --kinds "killed killed once full cut"\n' \
		'$(CURDIR)' '$(abspath $(BUILD))' >$@
	@chmod +x $@

# Not part of "make test": a Slurm of its own takes a minute.
test-cluster: all ## a batch as a Slurm job array and by GNU parallel, killed and requeued, merged
	@tests/cluster/run $(BUILD)

# What guests boot comes from Debian's packages, see tests/hosts/fetch.
$(BUILD)/hosts/vmlinuz: | $(BUILD)/packages
	$(call say,FETCH,$@)
	@tests/hosts/fetch $(@D)

test-hosts: tests $(BUILD)/hosts/vmlinuz ## boot hosts unlike this one, run the box's tests in them
	@tests/hosts/run $(BUILD) $(HOSTS)

test-hostile: tests ## every hostile case with its outcome, at each level
	@$(RUN_ENV) $(if $(HOSTILE_ONLY),HOSTILE_ONLY=$(HOSTILE_ONLY)) \
		HOSTILE=$(HOSTILE) V=$(V) $(TOOLS)/test-hostile $(HOSTILE_PROGRAMS)

# Their readers come from npm, into the build folder.
test-formats: all ## reports in other programs' formats, each read by its schema or another program
	@tests/formats/check $(BUILD)

test-reports: all ## the same, and pages of 50 real reports in headless Chromium; REPORTS=FOLDER: at those
	@$(if $(REPORTS),REPORTS=$(abspath $(REPORTS))) $(TOOLS)/sum-up \
		'tests/formats/check $(BUILD)' 'tests/reports/run $(BUILD)'

asan: ## run the same tests built with ASan and UBSan (in build/asan)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan SANITIZE=address,undefined test

# All targets as one more test program: the same executions each time.
$(BUILD)/fuzz/fixed: $(FUZZ_PROGRAMS)
	@printf '#!/bin/sh\nexec $(CURDIR)/$(TOOLS)/fuzz fixed $(abspath $(BUILD)/fuzz)\n' >$@
	@chmod +x $@

FUZZ_SECONDS ?= 20
fuzz: $(if $(TARGET),$(BUILD)/fuzz/fuzz_$(TARGET),$(FUZZ_PROGRAMS)) ## fuzz every parser FUZZ_SECONDS (20) each, or TARGET=name
	@$(TOOLS)/fuzz $(FUZZ_SECONDS) $(BUILD)/fuzz $(TARGET)

# What judges are linked with here, built as the fuzz targets are.
JUDGE_FUZZ ?= 100000
JUDGE_SEED ?= 1
fuzz-judges: all $(BUILD)/fuzz/libtested.a ## judges under JUDGE_FUZZ (100000) hostile dialogues, JUDGE_CHANNELS (a 20th) hostile plays in C
	@tests/dialogues/fuzz $(BUILD) --count $(JUDGE_FUZZ) $(JUDGE_CHANNELS:%=--channels %) --seed $(JUDGE_SEED)

# Some hundreds as one more test program.
$(BUILD)/tests/dialogues/short: $(BUILD)/fuzz/libtested.a
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s/tests/dialogues/fuzz %s --count 1000 --recordings 24 --channels 120 --cmocka\n' \
		'$(CURDIR)' '$(abspath $(BUILD))' >$@
	@chmod +x $@

# EXPLORE_OPTIONS: of tests/explore/suite and tests/explore/bench.
test-explore: all $(EXPLORE_RUNNER) ## the explorer's own programs: wrong ones found, right ones left alone
	@tests/explore/suite $(BUILD) programs attacks graded $(EXPLORE_OPTIONS)

bench-explore: all $(EXPLORE_RUNNER) ## schedules to each failure by strategy, schedules per second
	@tests/explore/bench $(BUILD) $(BUILD)/bench_explore.json $(EXPLORE_OPTIONS)

# A short suite, and attacks as submissions, as two more test programs.
$(BUILD)/tests/explore/short: SUITE := programs attacks --seeds 1 --right-budget 1000
$(BUILD)/tests/explore/graded: SUITE := graded
$(BUILD)/tests/explore/short $(BUILD)/tests/explore/graded: $(EXPLORE_RUNNER) $(EXPLORE_OBJECT) $(PROGRAMS)
	@printf '#!/bin/sh\nexec %s/tests/explore/suite %s %s\n' \
		'$(CURDIR)' '$(abspath $(BUILD))' '$(SUITE)' >$@
	@chmod +x $@

demo: all ## grade more than 20 submissions and check what comes out
	@$(RUN_ENV) $(TOOLS)/demo $(BUILD)

# VERIFY_OPTIONS: of "assay verify", "--repeat 20 --under-load" for one.
verify: all ## hold every exercise against its promises (VERIFY_OPTIONS=...), JSON in build/verify.json
	@$(RUN_ENV) $(BUILD)/assay verify --json=$(BUILD)/verify.json $(VERIFY_OPTIONS)

bench: all $(BENCH_PROGRAMS) $(BENCH_BOXED) ## measure the box against posix_spawn and bubblewrap, limits, the filter
	@$(TOOLS)/bench $(BENCH_PROGRAMS)

# What graders without a harness start a judge and a program with.
BATCH_PAIR := $(BUILD)/tests/bench/pair
$(BATCH_PAIR): tests/bench/batch/pair.c | $(BUILD)/packages
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$Q$(CC) -std=gnu17 -O2 -Wall -Wextra -D_GNU_SOURCE= -o $@ $<

# BATCH_SIZES="100 1000": others than 100, 1,000 and 10,000; BATCH_OPTIONS.
bench-batch: all $(BATCH_PAIR) ## measure a batch against xargs and bubblewrap, and by its size (BATCH_SIZES=...)
	@tests/bench/batch/bench $(BUILD) $(BUILD)/bench_batch.json $(BATCH_OPTIONS)

bench-similar: all ## measure how long it takes to compare 1,000 submissions
	@$(RUN_ENV) tests/similar/bench $(BUILD)

# --- Checks ----------------------------------------------------------------

check-headers: | $(BUILD)/packages ## compile each header alone, with gcc and clang
	@$(TOOLS)/check-headers gcc clang -- -std=gnu17 $(WARNINGS) -Werror \
		-D_GNU_SOURCE= $(call pkg_memo,cflags_all,--cflags $(LIBS_all))

check-rooms: ## no room includes another one's headers
	@$(TOOLS)/check-rooms

OWN_FILES = $(sort $(shell find include harness sandbox exercises tests \
	-name '*.[ch]' ! -path "tests/hostile/[!r]*" ! -path '*/mutants/*' \
	! -path 'tests/similar/*'))

check-format: | $(BUILD)/packages ## clang-format has nothing to change
	@status=0; for file in $(OWN_FILES); do \
		clang-format "$$file" | diff -u "$$file" - || status=1; \
	done; exit $$status

format: | $(BUILD)/packages ## let clang-format rewrite every source
	@clang-format -i $(OWN_FILES)

check-docs: | $(BUILD)/packages ## lint the man page, try the bash completion
	@mandoc -T lint -W warning harness/assay.1
	@$(TOOLS)/test-completion

# One clang-tidy per file, so that make -j spreads them over the CPUs.
TIDY := $(addprefix tidy/,$(HARNESS) $(SANDBOX) $(EXPLORE) $(KIT) $(KEEPER))
.PHONY: $(TIDY)
tidy: $(TIDY) ## clang-tidy
$(TIDY): tidy/%: | $(BUILD)/packages
	$(call say,TIDY,$*)
	$Qclang-tidy --quiet --warnings-as-errors='*' $* -- \
		$(ALL_CPPFLAGS) -include $(TOOLS)/tidy.h -Isandbox -Iexercises/kit -std=gnu17 \
		$(call cflags,harness) 2>/dev/null

# --- Installing ------------------------------------------------------------

INSTALL_ROOT = $(DESTDIR)$(PREFIX)
SHARE = $(INSTALL_ROOT)/share
LIBEXEC = $(INSTALL_ROOT)/libexec/assay
MAN = $(SHARE)/man/man1/assay.1
COMPLETION = $(SHARE)/bash-completion/completions/assay

install: all ## install below $(DESTDIR)$(PREFIX)
	install -D -m 755 $(BUILD)/assay $(INSTALL_ROOT)/bin/assay
	install -D -m 755 $(BUILD)/assay-sandbox $(LIBEXEC)/assay-sandbox
	install -D -m 644 $(EXPLORE_OBJECT) $(LIBEXEC)/explore.o
	install -D -m 755 $(KEEPER_PROGRAM) $(LIBEXEC)/keeper
	install -D -m 644 $(JUDGE_LIBRARY) $(LIBEXEC)/libjudge.a
	install -D -m 644 harness/assay.1 $(MAN)
	install -D -m 644 harness/assay.bash $(COMPLETION)
	rm -rf $(SHARE)/assay
	find exercises include harness/schema harness/assay.sbatch -type f | while read -r file; do \
		install -D -m 644 "$$file" \
			"$(SHARE)/assay/$${file#harness/}" || exit 1; \
	done

uninstall: ## remove what install made
	rm -rf $(SHARE)/assay $(LIBEXEC)
	rm -f $(INSTALL_ROOT)/bin/assay $(MAN) $(COMPLETION)

clean: ## remove the build folder
	rm -rf $(BUILD)

help: ## print this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1\t\2/p' Makefile | \
		while IFS="$$(printf '\t')" read -r goal text; do \
			printf '  %-14s %s\n' "$$goal" "$$text"; \
		done

endif
