/*
 * commands.h - the subcommands
 *
 * argv[0] is the subcommand's name. Each returns the exit status: 0 done, 1
 * done and not all passed, 2 wrong usage or input, 3 the harness or the host
 * failed.
 */
#ifndef ASSAY_COMMANDS_H
#define ASSAY_COMMANDS_H

int cmd_list(int argc, char **argv);
int cmd_start(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_explore(int argc, char **argv);
int cmd_pack(int argc, char **argv);
int cmd_grade(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_sandbox(int argc, char **argv);

#endif
