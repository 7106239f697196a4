/*
 * layers.c - see layers.h
 */
#include "layers.h"

#include <stdio.h>

#include <assay/cleanup.h>

static void add(struct box_hello *hello, const char *name, bool on,
		const char *detail, const char *remedy)
{
	struct box_layer *layer = &hello->layer[hello->layers++];

	CHECK(hello->layers <= BOX_LAYERS_MAX);
	(void)snprintf(layer->name, sizeof layer->name, "%s", name);
	layer->on = on;
	(void)snprintf(layer->detail, sizeof layer->detail, "%s", detail);
	(void)snprintf(layer->remedy, sizeof layer->remedy, "%s", remedy);
}

static void add_namespaces(const struct box *box, struct box_hello *hello)
{
	char detail[104];

	(void)snprintf(detail, sizeof detail,
		       box->isolation.map_root
			       ? "programs are user %u of the host, which no "
				 "account has"
			       : "programs are the host's user %u",
		       box->isolation.outer_uid);
	add(hello, "user-namespace", true, detail, "");
	add(hello, "pid-namespace", true, "fresh for each run", "");
	add(hello, "mount-namespace", true,
	    "fresh for each run; read-only root, own /tmp and /work", "");
	add(hello, "ipc-namespace", true,
	    "fresh for each run that may use it", "");
	add(hello, "network-namespace", true,
	    "empty; fresh where loopback is asked for", "");
	add(hello, "uts-namespace", true, "one for the box", "");
}

/* All of them come with the first one. */
static void add_substitutes(const struct box *box,
			    const struct host_advice *why,
			    struct box_hello *hello)
{
	add(hello, "user-namespace", false, why->reason, why->remedy);
	add(hello, "own-user", box->isolation.map_root,
	    box->isolation.map_root
		    ? "programs are a user that no account has"
		    : "programs are the user who started assay; what that user "
		      "may do to its other files and processes is refused",
	    "");
	add(hello, "pid-namespace", false,
	    "instead: one process group, which cannot be left and is killed "
	    "as one; numbers and command lines of the host's processes can be "
	    "seen",
	    "");
	add(hello, "mount-namespace", false,
	    "instead: a folder emptied after each run; the sum of its files "
	    "is not bounded, each is; names and sizes of others can be seen",
	    "");
	add(hello, "ipc-namespace", false,
	    "instead: System V ipc and named shared memory are refused", "");
	add(hello, "network-namespace", false,
	    "instead: sockets are refused, loopback included", "");
	add(hello, "uts-namespace", false, "the host's name can be seen", "");
}

static void add_landlock(const struct box *box, const struct host *host,
			 struct box_hello *hello)
{
	const struct landlock *landlock = &box->isolation.landlock;
	struct host_advice advice;
	char detail[128];

	if (landlock->abi == 0) {
		host_advise_landlock(host, landlock->error, &advice);
		add(hello, "landlock", false, advice.reason, advice.remedy);
		return;
	}
	(void)snprintf(
		detail, sizeof detail, "version %d: files%s%s%s", landlock->abi,
		landlock->abi >= LANDLOCK_ABI_TRUNCATE ? ""
						       : " but for truncation",
		landlock->abi >= LANDLOCK_ABI_NETWORK ? ", TCP" : "",
		landlock->abi >= LANDLOCK_ABI_SCOPE
			? ", signals, abstract sockets"
			: "");
	add(hello, "landlock", true, detail, "");
}

static void add_cgroup(const struct cgroup *cgroup, const struct host *host,
		       struct box_hello *hello)
{
	struct host_advice advice;
	char detail[128];

	if (cgroup->version == CGROUP_NONE) {
		host_advise_cgroup(host, &advice);
		add(hello, "cgroup", false, advice.reason, advice.remedy);
		return;
	}
	(void)snprintf(detail, sizeof detail,
		       "v%d: memory, processes, processor time%s",
		       (int)cgroup->version,
		       cgroup->swap_limited ? ", swap" : "");
	add(hello, "cgroup", true, detail, "");
}

void layers_describe(const struct box *box, const struct host *host,
		     const struct host_advice *namespaces,
		     struct box_hello *hello)
{
	bool plain = box->isolation.mode == ISOLATION_PLAIN;

	if (hello->error) {
		add(hello, "user-namespace", false, namespaces->reason,
		    namespaces->remedy);
		if (plain)
			add_landlock(box, host, hello);
		add_cgroup(&box->cgroup, host, hello);
		return;
	}
	if (plain)
		add_substitutes(box, namespaces, hello);
	else
		add_namespaces(box, hello);
	add_landlock(box, host, hello);
	add(hello, "no-new-privileges", true, "", "");
	add(hello, "capabilities", true, "none, and an empty bounding set", "");
	add(hello, "seccomp", true,
	    "allow list; a refused call is reported by name", "");
	add(hello, "rlimits", true,
	    plain && !box->isolation.map_root &&
			    box->cgroup.version == CGROUP_NONE
		    ? "the number of processes is counted with all others of "
		      "the user"
		    : "",
	    "");
	add_cgroup(&box->cgroup, host, hello);
	hello->level = plain                                ? BOX_LEVEL_MINIMAL
		       : box->cgroup.version == CGROUP_NONE ? BOX_LEVEL_LIMITED
							    : BOX_LEVEL_FULL;
	(void)snprintf(hello->cgroup, sizeof hello->cgroup, "%s",
		       box->cgroup.name);
}
