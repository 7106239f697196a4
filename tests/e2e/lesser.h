/*
 * lesser.h - a host that gives less than this one
 *
 * For one command and what it starts: conditions are imposed on this process,
 * which then becomes that command. All need root.
 */
#ifndef TESTS_E2E_LESSER_H
#define TESTS_E2E_LESSER_H

/**
 * If the program was started as "PROGRAM --lesser CONDITIONS COMMAND [ARG...]"
 * become COMMAND under these conditions, separated by commas:
 *   no-cgroup     the file system of cgroups cannot be seen
 *   no-userns     no user namespace can be made
 *   one-user      the same, and root is the only user that there is
 *   user          not root any more, but a user without an account
 *   no-landlock   the kernel has no Landlock
 *   off-landlock  it has, and did not switch it on
 *   no-mount      mounts are refused, user namespaces are not
 * Exit status 99 if one of them cannot be had. Otherwise returns.
 */
void lesser_host(int argc, char **argv);

#endif
