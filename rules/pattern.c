/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* A pattern's groups, numbered and named: more are not needed to take a URL apart. */
#define PATTERN_MAX_GROUPS 32

/* What became of compiling a pattern to machine code; 0: it was not tried. */
enum { JIT_DONE = 1, JIT_FAILED };

struct pattern {
	pcre2_code *code;
	uint32_t names, name_size, min_length;
	PCRE2_SPTR name_table;
	bool anchored;
	gsize jit;        /* g_once_init_enter() */
	gint quarantined; /* atomic */
};

/* What matching needs, once per thread. */
struct scratch {
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

static void scratch_free(gpointer data)
{
	struct scratch *scratch = data;

	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->context);
	pcre2_jit_stack_free(scratch->stack);
	g_free(scratch);
}

static struct scratch *scratch_get(void)
{
	static GPrivate key = G_PRIVATE_INIT(scratch_free);
	struct scratch *scratch = g_private_get(&key);

	if (scratch)
		return scratch;
	scratch = g_new0(struct scratch, 1);
	scratch->data = pcre2_match_data_create(PATTERN_MAX_GROUPS + 1, NULL);
	scratch->context = pcre2_match_context_create(NULL);
	scratch->stack = pcre2_jit_stack_create(32 * 1024, 512 * 1024, NULL);
	pcre2_set_depth_limit(scratch->context, PATTERN_DEPTH_LIMIT);
	pcre2_set_offset_limit(scratch->context, PATTERN_OFFSET_LIMIT);
	pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
	g_private_set(&key, scratch);
	return scratch;
}

static pcre2_code *compile(const char *text, char **message)
{
	PCRE2_UCHAR what[160];
	PCRE2_SIZE offset = 0;
	uint32_t groups = 0;
	int error = 0;

	if (strlen(text) > PATTERN_MAX_LENGTH) {
		*message = g_strdup_printf("longer than %d bytes", PATTERN_MAX_LENGTH);
		return NULL;
	}
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
		PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_USE_OFFSET_LIMIT, &error, &offset,
		NULL);
	if (!code) {
		pcre2_get_error_message(error, what, sizeof(what));
		*message = g_strdup_printf("%s at offset %zu", (const char *)what, (size_t)offset);
		return NULL;
	}
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	if (groups > PATTERN_MAX_GROUPS) {
		*message = g_strdup_printf("more than %d groups", PATTERN_MAX_GROUPS);
		pcre2_code_free(code);
		return NULL;
	}
	return code;
}

struct pattern *pattern_new(const char *text, char **message)
{
	pcre2_code *code = compile(text, message);
	uint32_t options = 0;
	struct pattern *pattern;

	if (!code)
		return NULL;
	pattern = g_new0(struct pattern, 1);
	pattern->code = code;
	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &pattern->names);
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &pattern->name_size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &pattern->name_table);
	pcre2_pattern_info(code, PCRE2_INFO_MINLENGTH, &pattern->min_length);
	pcre2_pattern_info(code, PCRE2_INFO_ALLOPTIONS, &options);
	pattern->anchored = options & PCRE2_ANCHORED;
	return pattern;
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_code_free(pattern->code);
	g_free(pattern);
}

static const char *entry_name(const struct pattern *pattern, uint32_t i, uint32_t *number)
{
	PCRE2_SPTR entry = pattern->name_table + (size_t)i * pattern->name_size;

	*number = (uint32_t)entry[0] << 8 | entry[1];
	return (const char *)entry + 2;
}

/* Most patterns of a large ruleset never see a subject, so they are compiled to machine code when
 * the first one comes. Without JIT they match as well, only slower. */
static bool has_jit(struct pattern *pattern)
{
	if (g_once_init_enter(&pattern->jit)) {
		int error = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);

		g_once_init_leave(&pattern->jit, error ? JIT_FAILED : JIT_DONE);
	}
	return pattern->jit == JIT_DONE;
}

/* PCRE2 counts from each place where a match could begin, and not the bytes that a repeated class
 * runs over: on long subjects the limit has to be lower for the time to be the same. */
static uint32_t match_limit(size_t len)
{
	if (len <= PATTERN_USUAL_SUBJECT)
		return PATTERN_MATCH_LIMIT;
	return MAX((uint64_t)PATTERN_MATCH_LIMIT * PATTERN_USUAL_SUBJECT / len, 1);
}

static int run(struct pattern *pattern, struct span subject, struct scratch *scratch)
{
	PCRE2_SPTR at = (PCRE2_SPTR)(subject.ptr ? subject.ptr : "");
	int count;

	pcre2_set_match_limit(scratch->context, match_limit(subject.len));
	if (has_jit(pattern))
		count = pcre2_jit_match(
			pattern->code, at, subject.len, 0, 0, scratch->data, scratch->context);
	else
		count = pcre2_match(
			pattern->code, at, subject.len, 0, 0, scratch->data, scratch->context);
	if ((count == PCRE2_ERROR_MATCHLIMIT || count == PCRE2_ERROR_JIT_STACKLIMIT) &&
		subject.len <= PATTERN_USUAL_SUBJECT)
		g_atomic_int_set(&pattern->quarantined, 1);
	return count;
}

bool pattern_match(
	const struct pattern *pattern, struct span subject, pattern_group_fn group, void *user)
{
	struct scratch *scratch;

	if (!pattern_fits(pattern, subject) || pattern_quarantined(pattern))
		return false;
	scratch = scratch_get();
	/* Only what is shared safely changes: how it is run, and whether it is. */
	int count = run((struct pattern *)pattern, subject, scratch);
	if (count < 0)
		return false;
	PCRE2_SIZE *at = pcre2_get_ovector_pointer(scratch->data);
	for (uint32_t i = 0; group && i < pattern->names; i++) {
		uint32_t number;
		const char *name = entry_name(pattern, i, &number);

		if ((int)number < count && at[2 * number] != PCRE2_UNSET &&
			at[2 * number + 1] >= at[2 * number])
			group(user, name,
				(struct span){subject.ptr + at[2 * number],
					at[2 * number + 1] - at[2 * number]});
	}
	return true;
}

bool pattern_fits(const struct pattern *pattern, struct span subject)
{
	return subject.len >= pattern->min_length;
}

bool pattern_quarantined(const struct pattern *pattern)
{
	return g_atomic_int_get(&pattern->quarantined);
}

bool pattern_anchored(const struct pattern *pattern)
{
	return pattern->anchored;
}

bool pattern_may_begin(const struct pattern *pattern, struct span start)
{
	struct scratch *scratch = scratch_get();

	pcre2_set_match_limit(scratch->context, PATTERN_MATCH_LIMIT);
	/* With PCRE2_PARTIAL_HARD it fails only where no text behind the start could change that.
	 */
	return pcre2_match(pattern->code, (PCRE2_SPTR)start.ptr, start.len, 0, PCRE2_PARTIAL_HARD,
		       scratch->data, scratch->context) != PCRE2_ERROR_NOMATCH;
}

void pattern_groups(const struct pattern *pattern, pattern_group_fn group, void *user)
{
	for (uint32_t i = 0; i < pattern->names; i++) {
		uint32_t number;

		group(user, entry_name(pattern, i, &number), (struct span){"", 0});
	}
}
