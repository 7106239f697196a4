/*
 * Who a text says has written it: author tags, e-mail addresses, home folders.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "names_parts.h"

#define BLANKS " \t"
#define CASE 0x20    /* the bit that tells a small letter of ASCII */
#define YEARS_MAX 64 /* bytes in front of whose copyright it is */

/* What has a name behind it after a colon or a sign of equality. */
static const char *const labels[] = {
	"author",         "authors",        "author(s)",     "__author__",
	"maintainer",     "maintainers",    "programmer",    "developer",
	"signed-off-by",  "co-authored-by", "reviewed-by",   "acked-by",
	"tested-by",      "suggested-by",   "reported-by",   "co-developed-by",
	"created by",     "written by",     "developed by",  "coded by",
	"implemented by", "submitted by",   "programmed by", "contact",
	"student",        "student name",   "student id",    "applicant",
	"full name",      "e-mail",         "email",         "matriculation",
};

/* What has one behind it if that starts with a capital, or is an account. */
static const char *const phrases[] = {
	"created by",     "written by",   "developed by",  "coded by",
	"implemented by", "submitted by", "programmed by",
};

static bool is_word_byte(char byte)
{
	return isalnum((unsigned char)byte) || (unsigned char)byte >= 0x80;
}

/* Behind the longest of @words that @text starts with; NULL: none. */
static const char *behind(const char *text, const char *const *words,
			  size_t count)
{
	const char *end = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		size_t size;

		/* most are not even that, and this is asked at each byte */
		if ((*text | CASE) != (*words[i] | CASE))
			continue;
		size = strlen(words[i]);
		if (strncasecmp(text, words[i], size) == 0 &&
		    (!end || text + size > end))
			end = text + size;
	}
	return end && !is_word_byte(*end) ? end : NULL;
}

#define BEHIND(text, words) \
	behind((text), (words), sizeof(words) / sizeof *(words))

static const char *behind_label(const char *text)
{
	const char *end = BEHIND(text, labels);

	if (!end)
		return NULL;
	end += strspn(end, BLANKS "\"'");
	return *end == ':' || *end == '=' ? end + strspn(end, ":=") : NULL;
}

static const char *behind_command(const char *text)
{
	static const char *const commands[] = { "author", "authors" };

	return *text == '@' || *text == '\\' ? BEHIND(text + 1, commands)
					     : NULL;
}

static const char *behind_phrase(const char *text)
{
	const char *end = BEHIND(text, phrases), *name;

	if (!end)
		return NULL;
	name = end + strspn(end, BLANKS);
	return name > end && (isupper((unsigned char)*name) ||
			      (unsigned char)*name >= 0x80 || *name == '@')
		       ? name
		       : NULL;
}

/* "(c) 2023, 2024", "\xc2\xa9 2024-", ": 2024 by". */
static const char *behind_years(const char *text)
{
	static const char *const signs[] = { "(c)", "\xc2\xa9", "\xe2\x80\x93",
					     "by " };
	const char *end = text + strnlen(text, YEARS_MAX);
	size_t size = 1, i;

	while (text < end && size > 0) {
		size = strspn(text, BLANKS "0123456789,-:");
		for (i = 0; size == 0 && i < sizeof signs / sizeof *signs; i++)
			if (strncasecmp(text, signs[i], strlen(signs[i])) == 0)
				size = strlen(signs[i]);
		text += size;
	}
	return text;
}

static const char *behind_copyright(const char *text)
{
	if (strncasecmp(text, "copyright", 9) == 0 && !is_word_byte(text[9]))
		return behind_years(text + 9);
	if (strncmp(text, "\xc2\xa9", 2) == 0)
		return behind_years(text);
	if (strncasecmp(text, "(c)", 3) == 0 &&
	    isdigit((unsigned char)text[3 + strspn(text + 3, BLANKS)]))
		return behind_years(text);
	return NULL;
}

/* The bytes of a name from @from on: not what closes a comment or a string. */
static size_t name_size(const char *from)
{
	size_t size = 0;

	while (from[size] && !strchr("\n\r\"\\;|{}", from[size]) &&
	       strncmp(from + size, "*/", 2) != 0 &&
	       strncmp(from + size, "-->", 3) != 0)
		size++;
	while (size > 0 && strchr(BLANKS "*/#.,'", from[size - 1]))
		size--;
	return size;
}

static bool has_letters(const char *text, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (is_word_byte(text[i]) && !isdigit((unsigned char)text[i]))
			return true;
	return false;
}

bool names_tag(const char *text, struct name_tag *tag)
{
	const char *at, *name;

	for (at = text; *at; at++) {
		name = behind_label(at);
		if (!name)
			name = behind_command(at);
		if (!name)
			name = behind_phrase(at);
		if (!name)
			name = behind_copyright(at);
		if (!name)
			continue;
		name += strspn(name, BLANKS "\"'[(");
		tag->from = name;
		tag->size = name_size(name);
		if (has_letters(tag->from, tag->size))
			return true;
	}
	return false;
}

static bool is_mail_byte(char byte)
{
	return isalnum((unsigned char)byte) || (byte && strchr("._%+-", byte));
}

/* Bytes of "example.org" that @text starts with; 0: no domain. */
static size_t domain_size(const char *text)
{
	size_t size = 0, dot = 0;

	while (isalnum((unsigned char)text[size]) || text[size] == '-' ||
	       (text[size] == '.' && isalnum((unsigned char)text[size + 1]))) {
		if (text[size] == '.')
			dot = size;
		size++;
	}
	return dot > 0 && size - dot > 2 ? size : 0;
}

bool names_mail(const char *text, struct name_tag *mail)
{
	const char *at = text;

	while ((at = strchr(at, '@'))) {
		const char *from = at;
		size_t domain = domain_size(at + 1);

		while (from > text && is_mail_byte(from[-1]))
			from--;
		if (domain > 0 && from < at) {
			mail->from = from;
			mail->size = (size_t)(at - from) + 1 + domain;
			return true;
		}
		at++;
	}
	return false;
}

/* Bytes of what stands before an account: "/home/"; 0: nothing such. */
static size_t home_size(const char *text)
{
	static const char *const roots[] = { "home", "users" };
	size_t i;

	if (*text != '/' && *text != '\\')
		return 0;
	for (i = 0; i < sizeof roots / sizeof *roots; i++) {
		size_t size = strlen(roots[i]);
		const char *end = text + 1 + size;

		if (strncasecmp(text + 1, roots[i], size) == 0 &&
		    (*end == '/' || *end == '\\'))
			return 1 + size + strspn(end, "/\\");
	}
	return 0;
}

/* The account that @from begins with. */
static size_t account_size(const char *from)
{
	size_t size = 0;

	while (is_word_byte(from[size]) ||
	       (from[size] && strchr("._-", from[size])))
		size++;
	return size;
}

bool names_home(const char *text, struct name_tag *home)
{
	for (; *text; text++) {
		size_t size = home_size(text);

		home->from = text + size;
		home->size = size > 0 ? account_size(home->from) : 0;
		if (home->size > 0)
			return true;
	}
	return false;
}

bool names_site(const char *text, struct name_tag *account)
{
	static const char *const sites[] = {
		"github.com/",   "gitlab.com/",      "bitbucket.org/",
		"codeberg.org/", "linkedin.com/in/", "twitter.com/",
		"x.com/",
	};
	size_t i;

	for (; *text; text++) {
		for (i = 0; i < sizeof sites / sizeof *sites; i++) {
			size_t size = strlen(sites[i]);

			if ((*text | CASE) != *sites[i] ||
			    strncasecmp(text, sites[i], size) != 0)
				continue;
			account->from = text + size;
			account->size = account_size(account->from);
			if (account->size > 0)
				return true;
		}
	}
	return false;
}
