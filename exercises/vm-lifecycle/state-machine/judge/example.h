/*
 * example.h - README.md, "An example"
 *
 * Line by line: "> " is what is sent, "< " what has to come. Whether README.md
 * has the same lines is tests/e2e/test_state_machine.c's to say, and whether
 * the model means the same is test_example.c's.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

static const char *const example[] = {
	"> {\"op\": \"create\", \"vm\": \"web\", \"host\": \"h1\"}",
	"< {\"op\": \"state\", \"vm\": \"web\", "
	"\"vm_state\": \"building\", \"task_state\": \"scheduling\", "
	"\"power\": \"nostate\", \"host\": \"h1\"}",
	"< {\"op\": \"cast\", \"token\": 1, \"action\": \"create\", "
	"\"vm\": \"web\", \"phase\": \"scheduling\"}",
	"> {\"op\": \"act\", \"id\": 1, \"vm\": \"web\", "
	"\"action\": \"stop\", \"admin\": false}",
	"< {\"op\": \"resp\", \"id\": 1, \"code\": 409, "
	"\"attr\": \"vm_state\"}",
	"> {\"op\": \"done\", \"token\": 1, \"ok\": true, "
	"\"power\": \"nostate\"}",
	"< {\"op\": \"state\", \"vm\": \"web\", "
	"\"vm_state\": \"building\", "
	"\"task_state\": \"block_device_mapping\", "
	"\"power\": \"nostate\", \"host\": \"h1\"}",
	"< {\"op\": \"cast\", \"token\": 2, \"action\": \"create\", "
	"\"vm\": \"web\", \"phase\": \"block_device_mapping\"}",
	"> {\"op\": \"done\", \"token\": 1, \"ok\": true, "
	"\"power\": \"nostate\"}",
	"> {\"op\": \"done\", \"token\": 2, \"ok\": true, "
	"\"power\": \"nostate\"}",
	"< {\"op\": \"state\", \"vm\": \"web\", "
	"\"vm_state\": \"building\", \"task_state\": \"networking\", "
	"\"power\": \"nostate\", \"host\": \"h1\"}",
	"< {\"op\": \"cast\", \"token\": 3, \"action\": \"create\", "
	"\"vm\": \"web\", \"phase\": \"networking\"}",
	"> {\"op\": \"done\", \"token\": 3, \"ok\": true, "
	"\"power\": \"nostate\"}",
	"< {\"op\": \"state\", \"vm\": \"web\", "
	"\"vm_state\": \"building\", \"task_state\": \"spawning\", "
	"\"power\": \"nostate\", \"host\": \"h1\"}",
	"< {\"op\": \"cast\", \"token\": 4, \"action\": \"create\", "
	"\"vm\": \"web\", \"phase\": \"spawning\"}",
	"> {\"op\": \"done\", \"token\": 4, \"ok\": true, "
	"\"power\": \"running\"}",
	"< {\"op\": \"state\", \"vm\": \"web\", "
	"\"vm_state\": \"active\", \"task_state\": null, "
	"\"power\": \"running\", \"host\": \"h1\"}",
	"> {\"op\": \"act\", \"id\": 2, \"vm\": \"web\", "
	"\"action\": \"soft_reboot\", \"admin\": false}",
	"< {\"op\": \"resp\", \"id\": 2, \"code\": 202, \"attr\": null}",
	"< {\"op\": \"state\", \"vm\": \"web\", "
	"\"vm_state\": \"active\", \"task_state\": \"rebooting\", "
	"\"power\": \"running\", \"host\": \"h1\"}",
	"< {\"op\": \"cast\", \"token\": 5, \"action\": \"soft_reboot\", "
	"\"vm\": \"web\", \"phase\": \"rebooting\"}",
	"> {\"op\": \"act\", \"id\": 3, \"vm\": \"web\", "
	"\"action\": \"stop\", \"admin\": false}",
	"< {\"op\": \"resp\", \"id\": 3, \"code\": 409, "
	"\"attr\": \"task_state\"}",
	"> {\"op\": \"act\", \"id\": 4, \"vm\": \"web\", "
	"\"action\": \"hard_reboot\", \"admin\": false}",
	"< {\"op\": \"resp\", \"id\": 4, \"code\": 202, \"attr\": null}",
	"< {\"op\": \"state\", \"vm\": \"web\", "
	"\"vm_state\": \"active\", \"task_state\": \"rebooting_hard\", "
	"\"power\": \"running\", \"host\": \"h1\"}",
	"< {\"op\": \"cast\", \"token\": 6, \"action\": \"hard_reboot\", "
	"\"vm\": \"web\", \"phase\": \"rebooting_hard\"}",
	"> {\"op\": \"done\", \"token\": 5, \"ok\": false, "
	"\"power\": \"shutdown\"}",
	"> {\"op\": \"act\", \"id\": 5, \"vm\": \"web\", "
	"\"action\": \"lock\", \"admin\": false}",
	"< {\"op\": \"resp\", \"id\": 5, \"code\": 202, \"attr\": null}",
	"< {\"op\": \"state\", \"vm\": \"web\", "
	"\"vm_state\": \"active\", \"task_state\": \"rebooting_hard\", "
	"\"power\": \"running\", \"host\": \"h1\"}",
	"> {\"op\": \"act\", \"id\": 6, \"vm\": \"web\", "
	"\"action\": \"delete\", \"admin\": false}",
	"< {\"op\": \"resp\", \"id\": 6, \"code\": 409, \"attr\": \"locked\"}",
	"> {\"op\": \"act\", \"id\": 7, \"vm\": \"web\", "
	"\"action\": \"delete\", \"admin\": true}",
	"< {\"op\": \"resp\", \"id\": 7, \"code\": 202, \"attr\": null}",
	"< {\"op\": \"state\", \"vm\": \"web\", "
	"\"vm_state\": \"active\", \"task_state\": \"deleting\", "
	"\"power\": \"running\", \"host\": \"h1\"}",
	"< {\"op\": \"cast\", \"token\": 7, \"action\": \"delete\", "
	"\"vm\": \"web\", \"phase\": \"deleting\"}",
	"> {\"op\": \"done\", \"token\": 6, \"ok\": true, "
	"\"power\": \"running\"}",
	"> {\"op\": \"done\", \"token\": 7, \"ok\": true, "
	"\"power\": \"nostate\"}",
	"< {\"op\": \"state\", \"vm\": \"web\", "
	"\"vm_state\": \"deleted\", \"task_state\": null, "
	"\"power\": \"nostate\", \"host\": null}",
	"> {\"op\": \"act\", \"id\": 8, \"vm\": \"web\", "
	"\"action\": \"start\", \"admin\": true}",
	"< {\"op\": \"resp\", \"id\": 8, \"code\": 409, "
	"\"attr\": \"not_ready\"}",
	"> {\"op\": \"sync\", \"n\": 1}",
	"< {\"op\": \"synced\", \"n\": 1}",
};

#endif
