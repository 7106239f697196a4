/*
 * What a host lacks, why, and the command that turns it on: every kind of
 * host, made of the facts that would be found there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "host.h"

/* A host on which nothing stands in the way. */
static struct host usual(void)
{
	return (struct host){ .max_user_namespaces = 10000,
			      .unprivileged_clone = -1,
			      .apparmor_restricts = -1,
			      .systemd = true,
			      .cgroup_v2 = true,
			      .cgroup_v2_memory = true,
			      .user_has_memory = true };
}

static void assert_namespaces(const struct host *host, int error,
			      const char *reason, const char *remedy)
{
	struct host_advice advice;

	host_advise_namespaces(host, error, &advice);
	assert_non_null(strstr(advice.reason, reason));
	assert_non_null(strstr(advice.remedy, remedy));
}

static void test_host__names_what_forbids_user_namespaces(void **state)
{
	struct host host = usual();

	(void)state;
	assert_namespaces(&host, ENOSYS, "without user namespaces",
			  "CONFIG_USER_NS");
	host.apparmor_restricts = 1;
	assert_namespaces(
		&host, EACCES, "AppArmor",
		"sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
	assert_true(host_is_doubtful(&host));
	host.unprivileged_clone = 0;
	assert_namespaces(&host, EPERM, "only root",
			  "sysctl -w kernel.unprivileged_userns_clone=1");
	host.max_user_namespaces = 0;
	assert_namespaces(&host, ENOSPC, "user.max_user_namespaces is 0",
			  "sysctl -w user.max_user_namespaces=");
}

static void test_host__root_is_not_restricted_as_users_are(void **state)
{
	struct host host = usual();

	(void)state;
	host.root = true;
	host.apparmor_restricts = 1;
	host.unprivileged_clone = 0;
	assert_false(host_is_doubtful(&host));
	assert_namespaces(&host, EPERM, "Operation not permitted", "");
}

static void test_host__knows_how_containers_are_started(void **state)
{
	struct host host = usual();

	(void)state;
	assert_false(host_is_doubtful(&host));
	host.container = HOST_DOCKER;
	assert_true(host_is_doubtful(&host));
	assert_namespaces(&host, EPERM, "container",
			  "docker run --security-opt seccomp=unconfined");
	host.container = HOST_PODMAN;
	assert_namespaces(&host, EPERM, "container", "podman run ");
	host.container = HOST_KUBERNETES;
	assert_namespaces(&host, EPERM, "container", "hostUsers: false");
	host.container = HOST_OTHER_CONTAINER;
	assert_namespaces(&host, EPERM, "container", "seccomp profile");
}

static void assert_landlock(const struct host *host, int error,
			    const char *reason, const char *remedy)
{
	struct host_advice advice;

	host_advise_landlock(host, error, &advice);
	assert_non_null(strstr(advice.reason, reason));
	assert_non_null(strstr(advice.remedy, remedy));
}

static void test_host__tells_off_from_not_there(void **state)
{
	struct host host = usual();

	(void)state;
	assert_landlock(&host, EOPNOTSUPP, "not switched on", "lsm=landlock,");
	(void)strncpy(host.lsm, "lockdown,yama", sizeof host.lsm - 1);
	assert_landlock(&host, EOPNOTSUPP, "not switched on",
			"lsm=landlock,lockdown,yama to");
	assert_landlock(&host, ENOSYS, "has none", "Linux 5.13");
	host.filtered = true;
	assert_landlock(&host, ENOSYS, "seccomp", "landlock_");
}

static void assert_cgroup(const struct host *host, const char *reason,
			  const char *remedy)
{
	struct host_advice advice;

	host_advise_cgroup(host, &advice);
	assert_non_null(strstr(advice.reason, reason));
	assert_non_null(strstr(advice.remedy, remedy));
}

static void test_host__knows_how_a_user_gets_a_cgroup(void **state)
{
	struct host host = usual();

	(void)state;
	assert_cgroup(&host, "not started in a cgroup of its own",
		      "systemd-run --user --scope -p Delegate=yes");
	host.user_has_memory = false;
	assert_cgroup(&host, "does not hand the memory controller",
		      "Delegate=memory pids cpu");
	host.systemd = false;
	assert_cgroup(&host, "belong to root", "run assay as root");
	host.cgroup_v2_memory = false;
	host.cgroup_v1_memory = host.systemd = true;
	assert_cgroup(&host, "hybrid", "systemd.unified_cgroup_hierarchy=1");
	host.cgroup_v2 = false;
	assert_cgroup(&host, "v1 belongs to root",
		      "systemd.unified_cgroup_hierarchy=1");
	host.cgroup_v1_memory = false;
	assert_cgroup(&host, "no cgroup file system", "mount -t cgroup2");
}

static void test_host__knows_how_a_container_gets_a_cgroup(void **state)
{
	struct host host = usual();

	(void)state;
	host.root = true;
	assert_cgroup(&host, "no cgroup folder", "systemd-run --scope");
	host.container = HOST_DOCKER;
	assert_cgroup(&host, "container", "docker run --cgroupns=host");
	host.container = HOST_PODMAN;
	assert_cgroup(&host, "container", "podman run");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host__names_what_forbids_user_namespaces),
		cmocka_unit_test(
			test_host__root_is_not_restricted_as_users_are),
		cmocka_unit_test(test_host__knows_how_containers_are_started),
		cmocka_unit_test(test_host__tells_off_from_not_there),
		cmocka_unit_test(test_host__knows_how_a_user_gets_a_cgroup),
		cmocka_unit_test(
			test_host__knows_how_a_container_gets_a_cgroup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
