/* model_guard.c - who may begin an operation */
#include "model_inner.h"

struct refusal {
	int code;
	const char *attr; /* NULL: none */
};

/* The guards that are columns of the table, in their order. */
static const char *guard(const struct model *model,
			 const struct machine *machine,
			 const struct action *action, bool admin)
{
	if (*action->lock != '-' && machine->locked && !admin)
		return "locked";
	if (*action->host != '-' && !machine->host)
		return "not_ready";
	if (model_same(action->host, "up") &&
	    model_is_down(model, machine->host))
		return "host_down";
	if (!action_lists(action->vm_states, machine->vm_state))
		return "vm_state";
	if (!action_lists(action->task_states, machine->task_state))
		return "task_state";
	if (*action->launched != '-' && !machine->launched)
		return "not_launched";
	return NULL;
}

static struct refusal refusal(const struct model *model,
			      const struct machine *machine,
			      const struct action *action, bool admin)
{
	const char *attr = guard(model, machine, action, admin);

	if (attr)
		return (struct refusal){ 409, attr };
	if (action_is(action, "evacuate") && machine->host &&
	    !model_is_down(model, machine->host))
		return (struct refusal){ 400, "host_up" };
	if (action_is_one_of(action, "confirm_resize revert_resize") &&
	    action_is(machine->action, "confirm_resize"))
		return (struct refusal){ 400, "no_migration" };
	if (action_is(action, "confirm_resize") &&
	    model_is_down(model, machine->source))
		return (struct refusal){ 409, "host_down" };
	return (struct refusal){ 202, NULL };
}

const char *model_refusal(const struct model *model,
			  const struct machine *machine,
			  const struct action *action, bool admin)
{
	return refusal(model, machine, action, admin).attr;
}

struct machine *model_let_pass(struct model *model, const json_t *line,
			       const struct action *action)
{
	struct machine *machine = model_machine_named(model, line);
	struct refusal refused = { 404, "unknown" };

	if (machine)
		refused = refusal(model, machine, action,
				  json_is_true(json_object_get(line, "admin")));
	if (!refused.attr)
		return machine;
	model_respond(model, line, refused.code, refused.attr);
	return NULL;
}
