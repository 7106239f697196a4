#include "seal.h"

#include <string.h>

#include <sodium.h>

#include <assay/cleanup.h>

#include "format_parts.h"
#include "report_parts.h"
#include "text.h"

#define CONTEXT "assay-report-1\n"
#define ALGORITHM "ed25519"
#define CANONICAL (JSON_SORT_KEYS | JSON_COMPACT | JSON_REAL_PRECISION(15))
#define KEY_HEX (2 * KEY_PUBLIC_BYTES + 1)
#define VALUE_HEX (2 * KEY_SIGNATURE_BYTES + 1)
#define SHOWN_DIGITS 16 /* of a key, to people */

/* ---- digests ---- */

static void digest_of(const json_t *value, char hex[SEAL_HEX])
{
	AUTO_FREE char *text = json_dumps(value, CANONICAL | JSON_ENCODE_ANY);
	unsigned char hash[crypto_hash_sha256_BYTES];

	ENOUGH(text);
	(void)crypto_hash_sha256(hash, (const unsigned char *)text,
				 strlen(text));
	(void)sodium_bin2hex(hex, SEAL_HEX, hash, sizeof hash);
}

/* The same, of what is given up. */
static json_t *digest_json(json_t *value)
{
	char hex[SEAL_HEX];

	digest_of(value, hex);
	json_decref(value);
	return report_text(hex);
}

static json_t *copied(const json_t *view, const char *path)
{
	const json_t *value = format_value(view, path);

	return value ? json_deep_copy(value) : json_null();
}

static json_t *toolchain_of(const json_t *report)
{
	return json_pack("{so, so, so}", "assay",
			 copied(report, "environment.assay"), "compiler",
			 copied(report, "environment.compiler"), "libc",
			 copied(report, "environment.libc"));
}

static json_t *policy_of(const json_t *report)
{
	json_t *limits = json_object();
	const json_t *test;
	size_t i;

	ENOUGH(limits);
	json_array_foreach (json_object_get(report, "tests"), i, test)
		report_set(limits, format_string(test, "id"),
			   copied(test, "limits"));
	return json_pack("{so, so, so}", "level",
			 copied(report, "environment.isolation.level"),
			 "limits", copied(report, "environment.limits"),
			 "tests", limits);
}

static json_t *covers_of(const json_t *report)
{
	json_t *covers = json_pack(
		"{so, so, so, so}", "submission",
		copied(report, "submission.digest"), "exercise",
		copied(report, "exercise.digest"), "toolchain",
		digest_json(toolchain_of(report)), "policy",
		digest_json(policy_of(report)));

	ENOUGH(covers);
	return covers;
}

static json_t *parts_of(const json_t *report)
{
	json_t *parts = json_object(), *value;
	const char *name;

	ENOUGH(parts);
	json_object_foreach ((json_t *)(uintptr_t)report, name, value) {
		char hex[SEAL_HEX];

		if (strcmp(name, "signature") == 0)
			continue;
		digest_of(value, hex);
		report_set(parts, name, report_text(hex));
	}
	return parts;
}

/* What is signed, of a signature with or without its value; free() it. */
static char *signed_text(const json_t *signature)
{
	json_auto_t *bare = json_copy((json_t *)(uintptr_t)signature);
	AUTO_FREE char *canonical = NULL;

	ENOUGH(bare);
	(void)json_object_del(bare, "value");
	canonical = json_dumps(bare, CANONICAL);
	ENOUGH(canonical);
	return text_format(CONTEXT "%s", canonical);
}

/* ---- signing ---- */

void seal_place_first(struct seal_place *place, const json_t *document)
{
	digest_of(document, place->chain);
	memcpy(place->previous, place->chain, sizeof place->previous);
	place->sequence = 0;
}

static json_t *value_of(const json_t *signature, const struct key *key)
{
	AUTO_FREE char *text = signed_text(signature);
	unsigned char value[KEY_SIGNATURE_BYTES];
	char hex[VALUE_HEX];

	(void)crypto_sign_detached(value, NULL, (const unsigned char *)text,
				   strlen(text), key->secret);
	(void)sodium_bin2hex(hex, sizeof hex, value, sizeof value);
	return report_text(hex);
}

void seal_put(json_t *report, const struct key *key, struct seal_place *place)
{
	json_t *signature = json_object();
	char public[KEY_HEX];

	ENOUGH(signature);
	(void)sodium_bin2hex(public, sizeof public, key->public,
			     sizeof key->public);
	report_set(signature, "algorithm", report_text(ALGORITHM));
	report_set(signature, "key", report_text(public));
	report_set(signature, "chain", report_text(place->chain));
	report_set(signature, "sequence", report_count(place->sequence));
	report_set(signature, "previous", report_text(place->previous));
	report_set(signature, "covers", covers_of(report));
	report_set(signature, "parts", parts_of(report));
	report_set(signature, "value", value_of(signature, key));
	report_set(report, "signature", signature);
	digest_of(signature, place->previous);
	place->sequence++;
}

bool seal_digest(const json_t *report, char hex[SEAL_HEX])
{
	const json_t *signature = json_object_get(report, "signature");

	if (!json_is_object(signature))
		return false;
	digest_of(signature, hex);
	return true;
}

/* ---- checking ---- */

/* Exactly @size bytes in hexadecimal. */
static bool binary(const json_t *signature, const char *name,
		   unsigned char *bytes, size_t size)
{
	const char *hex = format_string(signature, name);
	size_t got = 0;

	return strlen(hex) == 2 * size &&
	       sodium_hex2bin(bytes, size, hex, strlen(hex), NULL, &got,
			      NULL) == 0 &&
	       got == size;
}

/* Whether the signature is that of the key that it names itself. */
static bool holds(const json_t *signature,
		  unsigned char public[KEY_PUBLIC_BYTES])
{
	unsigned char value[KEY_SIGNATURE_BYTES];
	AUTO_FREE char *text = signed_text(signature);

	return strcmp(format_string(signature, "algorithm"), ALGORITHM) == 0 &&
	       binary(signature, "key", public, KEY_PUBLIC_BYTES) &&
	       binary(signature, "value", value, sizeof value) &&
	       crypto_sign_verify_detached(value, (const unsigned char *)text,
					   strlen(text), public) == 0;
}

static void add_name(char **names, const char *name)
{
	char *longer = text_format("%s%s%s", *names ? *names : "",
				   *names ? ", " : "", name);

	free(*names);
	*names = longer;
}

/* Names of the parts of @a that @b has not got, or (with @values) otherwise. */
static void add_differences(char **names, const json_t *a, const json_t *b,
			    bool values)
{
	json_t *value;
	const char *name;

	json_object_foreach ((json_t *)(uintptr_t)a, name, value) {
		const json_t *other = json_object_get(b, name);

		if (!other || (values && !json_equal(value, other)))
			add_name(names, name);
	}
}

/* The report's parts that are not what was signed, by name; NULL for none. */
static char *changed_parts(const json_t *report, const json_t *signature)
{
	json_auto_t *parts = parts_of(report);
	json_auto_t *covers = covers_of(report);
	const json_t *signed_parts = json_object_get(signature, "parts");
	char *names = NULL;

	add_differences(&names, parts, signed_parts, true);
	add_differences(&names, signed_parts, parts, false);
	if (!names && !json_equal(covers, json_object_get(signature, "covers")))
		add_name(&names, "covers");
	return names;
}

enum seal_finding seal_check(const json_t *report,
			     const unsigned char public[KEY_PUBLIC_BYTES],
			     char **why)
{
	const json_t *signature = json_object_get(report, "signature");
	unsigned char signer[KEY_PUBLIC_BYTES];
	AUTO_FREE char *names = NULL;

	*why = NULL;
	CHECK(sodium_init() >= 0);
	if (!json_is_object(signature)) {
		*why = text_format("it has no signature");
		return SEAL_UNSIGNED;
	}
	if (!holds(signature, signer)) {
		*why = text_format("the signature itself was changed");
		return SEAL_TAMPERED;
	}
	if (sodium_memcmp(signer, public, KEY_PUBLIC_BYTES) != 0) {
		*why = text_format("signed with key %.*s..., which is not the "
				   "grader's",
				   SHOWN_DIGITS,
				   format_string(signature, "key"));
		return SEAL_OTHER_KEY;
	}
	names = changed_parts(report, signature);
	if (!names)
		return SEAL_FINE;
	*why = text_format("changed since it was signed: %s", names);
	return SEAL_TAMPERED;
}
