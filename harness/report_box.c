#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include <assay/cleanup.h>

#include "report_parts.h"
#include "text.h"

/* A fixed-size field that a box filled. */
static json_t *field(const char *text, size_t size)
{
	AUTO_FREE char *clean = text_clean(text, strnlen(text, size), size * 3);

	return report_text(clean);
}

#define FIELD(array) field((array), sizeof(array))

json_t *report_limits(const struct box_limits *limits)
{
	json_t *object = json_object();

	report_set(object, "cpu_ms", report_ms(limits->cpu_us));
	report_set(object, "wall_ms", report_ms(limits->wall_us));
	report_set(object, "memory_bytes", report_count(limits->memory_bytes));
	report_set(object, "processes", report_count(limits->processes));
	report_set(object, "open_files", report_count(limits->open_files));
	report_set(object, "file_bytes", report_count(limits->file_bytes));
	report_set(object, "output_bytes", report_count(limits->output_bytes));
	report_set(object, "stack_bytes", report_count(limits->stack_bytes));
	return object;
}

/* Null where the host cannot tell. */
static json_t *bytes_or_null(uint64_t bytes)
{
	return bytes == BOX_UNKNOWN ? json_null() : report_count(bytes);
}

static json_t *memory_parts(const struct box_result *box)
{
	json_t *object = json_object();

	report_set(object, "peak_bytes", report_count(box->peak_bytes));
	report_set(object, "anonymous_bytes",
		   bytes_or_null(box->anonymous_bytes));
	report_set(object, "file_bytes", bytes_or_null(box->file_bytes));
	report_set(object, "kernel_bytes", bytes_or_null(box->kernel_bytes));
	return object;
}

json_t *report_resources(const struct box_result *box)
{
	json_t *object = json_object();

	report_set(object, "wall_ms", report_ms(box->wall_us));
	report_set(object, "user_ms", report_ms(box->user_us));
	report_set(object, "system_ms", report_ms(box->system_us));
	report_set(object, "peak_bytes", report_count(box->peak_bytes));
	report_set(object, "memory_source", FIELD(box->memory_source));
	report_set(object, "memory", memory_parts(box));
	report_set(object, "voluntary_switches",
		   report_count(box->voluntary_switches));
	report_set(object, "involuntary_switches",
		   report_count(box->involuntary_switches));
	report_set(object, "output_bytes", report_count(box->output_bytes));
	report_set(object, "processes_refused",
		   box->processes_refused == BOX_UNKNOWN
			   ? json_null()
			   : report_count(box->processes_refused));
	return object;
}

/* "SIGSEGV"; NULL for a signal without a name. To be freed. */
static char *signal_name(int signal)
{
	const char *name = sigabbrev_np(signal);

	return name ? text_format("SIG%s", name) : NULL;
}

json_t *report_ended(const struct box_result *box)
{
	AUTO_FREE char *name = signal_name(box->signal);
	json_t *object = json_object();

	report_set(object, "outcome",
		   report_text(box_outcome_name(box->outcome)));
	report_set(object, "exit_status",
		   box->outcome == BOX_EXITED ? json_integer(box->exit_status)
					      : json_null());
	report_set(object, "signal",
		   box->outcome == BOX_SIGNALED ? json_integer(box->signal)
						: json_null());
	report_set(object, "signal_name",
		   box->outcome == BOX_SIGNALED ? report_text(name)
						: json_null());
	report_set(object, "core_dumped", json_boolean(box->core_dumped));
	return object;
}

json_t *report_forbidden_syscall(const struct box_result *box)
{
	json_t *object, *args;
	size_t i;

	if (box->outcome != BOX_FORBIDDEN_SYSCALL)
		return json_null();
	object = json_object();
	args = json_array();
	for (i = 0; i < sizeof box->syscall_args / sizeof *box->syscall_args;
	     i++)
		report_append(args,
			      json_sprintf("0x%" PRIx64, box->syscall_args[i]));
	report_set(object, "name", FIELD(box->syscall_name));
	report_set(object, "number", json_integer(box->syscall_number));
	report_set(object, "args", args);
	report_set(object, "ip", json_sprintf("0x%" PRIx64, box->syscall_ip));
	return object;
}

json_t *report_isolation(const struct box_hello *hello)
{
	json_t *object, *layers;
	size_t i;

	if (hello->type != BOX_HELLO)
		return json_null();
	object = json_object();
	layers = json_array();
	for (i = 0; i < hello->layers && i < BOX_LAYERS_MAX; i++) {
		const struct box_layer *layer = &hello->layer[i];
		json_t *entry = json_object();

		report_set(entry, "name", FIELD(layer->name));
		report_set(entry, "on", json_boolean(layer->on));
		report_set(entry, "detail", FIELD(layer->detail));
		report_set(entry, "remedy", FIELD(layer->remedy));
		report_append(layers, entry);
	}
	report_set(object, "level",
		   hello->error ? json_null()
				: report_text(box_level_name(hello->level)));
	report_set(object, "layers", layers);
	return object;
}

json_t *report_evidence(const char *mechanism, const char *detail)
{
	json_t *evidence = json_object();

	report_set(evidence, "mechanism", report_text(mechanism));
	report_set(evidence, "limit", json_null());
	report_set(evidence, "observed", json_null());
	report_set(evidence, "unit", json_null());
	report_set(evidence, "death_ms", json_null());
	report_set(evidence, "detail", report_text(detail));
	return evidence;
}

/* How the run ended, in words; to be freed. NULL: a limit says it already. */
static char *detail_of(const struct box_result *box)
{
	AUTO_FREE char *signal = NULL;

	if (box->outcome == BOX_EXITED)
		return text_format("exit status %d", box->exit_status);
	if (box->outcome == BOX_SIGNALED) {
		signal = signal_name(box->signal);
		return text_format("signal %d%s%s%s", box->signal,
				   signal ? " (" : "", signal ? signal : "",
				   signal ? ")" : "");
	}
	if (box->outcome == BOX_FORBIDDEN_SYSCALL && !box->syscall_name[0])
		return text_format("a system call of another architecture");
	if (box->outcome == BOX_FORBIDDEN_SYSCALL)
		return text_format("%.*s (system call %d)",
				   (int)sizeof box->syscall_name - 1,
				   box->syscall_name, box->syscall_number);
	if (box->outcome == BOX_KILLED)
		return text_format("ended by the harness");
	if (box->outcome == BOX_FAILED)
		return text_format("%.*s: %s", (int)sizeof box->step - 1,
				   box->step, strerror(box->error));
	return NULL;
}

/* By the box, so that there is a time between that and its death. */
static bool was_ended(const struct box_result *box)
{
	return box->outcome == BOX_CPU_LIMIT ||
	       box->outcome == BOX_WALL_LIMIT || box->outcome == BOX_DEADLOCK ||
	       box->outcome == BOX_MEMORY_LIMIT ||
	       box->outcome == BOX_OUTPUT_LIMIT ||
	       box->outcome == BOX_FORBIDDEN_SYSCALL;
}

json_t *report_box_evidence(const struct box_result *box)
{
	AUTO_FREE char *detail = detail_of(box);
	json_t *evidence = report_evidence(NULL, detail);

	report_set(evidence, "mechanism",
		   box->mechanism[0] ? FIELD(box->mechanism)
				     : report_text("box"));
	if (box->outcome == BOX_CPU_LIMIT || box->outcome == BOX_WALL_LIMIT ||
	    box->outcome == BOX_DEADLOCK) {
		report_set(evidence, "limit", report_ms(box->limit));
		report_set(evidence, "observed", report_ms(box->observed));
		report_set(evidence, "unit", report_text("ms"));
	} else if (box->outcome == BOX_MEMORY_LIMIT ||
		   box->outcome == BOX_OUTPUT_LIMIT) {
		report_set(evidence, "limit", report_count(box->limit));
		report_set(evidence, "observed", report_count(box->observed));
		report_set(evidence, "unit", report_text("bytes"));
	}
	if (was_ended(box))
		report_set(evidence, "death_ms", report_ms(box->death_us));
	return evidence;
}
