#include "sealer.h"

#include <stdlib.h>
#include <string.h>

#include <assay/cleanup.h>

#include "format_parts.h"
#include "report_parts.h"
#include "seal.h"

struct sealer {
	struct key key;
	struct seal_place place;
};

/* Behind the report that @line is about, if that is of this chain. */
static void follow(struct seal_place *place, const json_t *line)
{
	const json_t *signature = json_object_get(line, "signature");
	const char *digest = format_string(signature, "digest");

	if (strcmp(format_string(signature, "chain"), place->chain) != 0 ||
	    strlen(digest) != SEAL_HEX - 1)
		return;
	memcpy(place->previous, digest, SEAL_HEX);
	place->sequence = (uint64_t)json_integer_value(
				  json_object_get(signature, "sequence")) +
			  1;
}

static int find_place(struct seal_place *place, const char *folder,
		      struct error *err)
{
	struct journal_reader *reader;
	struct journal_entry entry;
	int r = journal_reader_open(folder, &reader, err);

	if (r < 0)
		return r;
	seal_place_first(place, journal_reader_batch(reader));
	while ((r = journal_read(reader, &entry, err)) > 0) {
		if (entry.kind == JOURNAL_GRADED)
			follow(place, entry.json);
		json_decref(entry.json);
	}
	journal_reader_close(reader);
	return r;
}

int sealer_new(const struct key *key, const char *folder, struct sealer **ret,
	       struct error *err)
{
	struct sealer *sealer = calloc(1, sizeof *sealer);
	int r;

	ENOUGH(sealer);
	sealer->key = *key;
	r = find_place(&sealer->place, folder, err);
	if (r < 0) {
		sealer_free(sealer);
		return r;
	}
	*ret = sealer;
	return 0;
}

void sealer_free(struct sealer *sealer)
{
	if (!sealer)
		return;
	key_clear(&sealer->key);
	free(sealer);
}

void sealer_seal(struct sealer *sealer, json_t *report, json_t *line)
{
	struct seal_place at;

	if (!sealer)
		return;
	at = sealer->place;
	seal_put(report, &sealer->key, &sealer->place);
	report_set(line, "signature",
		   json_pack("{ss, sI, ss, ss}", "chain", at.chain, "sequence",
			     (json_int_t)at.sequence, "previous", at.previous,
			     "digest", sealer->place.previous));
}
