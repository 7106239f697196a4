/*
 * states.h - the names of nova 26.2.2, from nova/compute/vm_states.py,
 * nova/compute/task_states.py and nova/objects/fields.py
 */
#ifndef STATES_H
#define STATES_H

#include <stddef.h>

static const char *const vm_states[] = {
	"active",  "building", "paused",  "suspended",
	"stopped", "rescued",  "resized", "soft-delete",
	"deleted", "error",    "shelved", "shelved_offloaded",
};

static const char *const task_states[] = {
	NULL,
	"scheduling",
	"block_device_mapping",
	"networking",
	"spawning",
	"image_snapshot",
	"image_snapshot_pending",
	"image_pending_upload",
	"image_uploading",
	"image_backup",
	"updating_password",
	"resize_prep",
	"resize_migrating",
	"resize_migrated",
	"resize_finish",
	"resize_reverting",
	"resize_confirming",
	"rebooting",
	"reboot_pending",
	"reboot_started",
	"rebooting_hard",
	"reboot_pending_hard",
	"reboot_started_hard",
	"pausing",
	"unpausing",
	"suspending",
	"resuming",
	"powering-off",
	"powering-on",
	"rescuing",
	"unrescuing",
	"rebuilding",
	"rebuild_block_device_mapping",
	"rebuild_spawning",
	"migrating",
	"deleting",
	"soft-deleting",
	"restoring",
	"shelving",
	"shelving_image_pending_upload",
	"shelving_image_uploading",
	"shelving_offloading",
	"unshelving",
};

static const char *const powers[] = {
	"nostate",
	"running",
	"paused",
	"shutdown",
};

#define VM_STATES (sizeof(vm_states) / sizeof(vm_states[0]))
#define TASK_STATES (sizeof(task_states) / sizeof(task_states[0]))
#define POWERS (sizeof(powers) / sizeof(powers[0]))

_Static_assert(VM_STATES == 12, "all vm_states");
_Static_assert(TASK_STATES == 43, "all task_states, none included");

#endif
