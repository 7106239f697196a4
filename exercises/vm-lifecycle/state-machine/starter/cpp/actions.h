/*
 * actions.h - the table of actions: who may begin them, how they go on
 *
 * The guards (the first five columns after the name) are those of OpenStack
 * nova 26.2.2, the decorators of nova/compute/api.py; that unshelve asks for
 * no host was seen on a running one. README.md says what each column means.
 * Lists are words with one space between them.
 */
#ifndef ACTIONS_H
#define ACTIONS_H

struct action {
	const char *name;
	const char *lock;        /* lock, or - */
	const char *host;        /* set, up, or - */
	const char *launched;    /* launched, or - */
	const char *vm_states;   /* any, or a list */
	const char *task_states; /* any, or a list; none is null */
	const char *path;        /* - if it has no phases */
	const char *ends;        /* a vm_state, or same, power */
	const char *fails;       /* error, or same, reboot */
};

/* clang-format off: the guards, then how it goes on */
static const struct action actions[] = {
	{ "create", "-", "-", "-", "-", "-",
	  "scheduling block_device_mapping networking spawning", "active",
	  "error" },
	{ "start", "lock", "set", "launched", "stopped", "none", "powering-on",
	  "active", "same" },
	{ "stop", "lock", "set", "launched", "active error", "none",
	  "powering-off", "stopped", "same" },
	{ "pause", "lock", "-", "launched", "active", "none", "pausing",
	  "paused", "same" },
	{ "unpause", "lock", "-", "launched", "paused", "none", "unpausing",
	  "active", "same" },
	{ "suspend", "lock", "-", "launched", "active", "none", "suspending",
	  "suspended", "same" },
	{ "resume", "lock", "-", "launched", "suspended", "none", "resuming",
	  "active", "same" },
	{ "soft_reboot", "lock", "-", "launched", "active", "none",
	  "rebooting reboot_pending reboot_started", "active", "reboot" },
	{ "hard_reboot", "lock", "-", "launched",
	  "active stopped paused suspended error",
	  "none rebooting reboot_pending reboot_started rebooting_hard pausing"
	  " unpausing suspending resuming",
	  "rebooting_hard reboot_pending_hard reboot_started_hard", "active",
	  "reboot" },
	{ "rescue", "lock", "-", "launched", "active stopped error", "none",
	  "rescuing", "rescued", "error" },
	{ "unrescue", "lock", "-", "launched", "rescued", "none", "unrescuing",
	  "active", "error" },
	{ "resize", "lock", "up", "launched", "active stopped", "none",
	  "resize_prep resize_migrating resize_migrated resize_finish",
	  "resized", "error" },
	{ "confirm_resize", "lock", "-", "launched", "resized", "none", "none",
	  "power", "error" },
	{ "revert_resize", "lock", "-", "launched", "resized", "none",
	  "resize_reverting", "active", "error" },
	{ "live_migrate", "lock", "-", "launched", "active paused", "none",
	  "migrating", "same", "same" },
	{ "live_migrate_force_complete", "lock", "-", "launched", "active",
	  "migrating", "-", "-", "-" },
	{ "live_migrate_abort", "lock", "-", "launched", "any", "migrating",
	  "-", "-", "-" },
	{ "shelve", "lock", "-", "launched", "active stopped paused suspended",
	  "none",
	  "shelving shelving_image_pending_upload shelving_image_uploading",
	  "shelved", "same" },
	{ "shelve_offload", "lock", "-", "launched", "shelved", "none",
	  "shelving_offloading", "shelved_offloaded", "same" },
	{ "unshelve", "lock", "-", "launched", "shelved shelved_offloaded",
	  "none", "unshelving spawning", "active", "same" },
	{ "snapshot", "-", "-", "launched", "active stopped paused suspended",
	  "none",
	  "image_snapshot_pending image_snapshot image_pending_upload"
	  " image_uploading",
	  "same", "same" },
	{ "backup", "-", "-", "launched", "active stopped paused suspended",
	  "none", "image_backup image_pending_upload image_uploading", "same",
	  "same" },
	{ "rebuild", "lock", "-", "launched", "active stopped error", "none",
	  "rebuilding rebuild_block_device_mapping rebuild_spawning", "active",
	  "error" },
	{ "evacuate", "-", "-", "launched", "active stopped error", "any",
	  "rebuilding rebuild_block_device_mapping rebuild_spawning", "active",
	  "error" },
	{ "soft_delete", "lock", "-", "launched", "any", "any", "soft-deleting",
	  "soft-delete", "error" },
	{ "restore", "lock", "-", "launched", "soft-delete", "none",
	  "restoring", "active", "same" },
	{ "force_delete", "lock", "-", "-", "any", "any", "deleting", "deleted",
	  "error" },
	{ "delete", "lock", "-", "-", "any", "any", "deleting", "deleted",
	  "error" },
};
/* clang-format on */

#endif
