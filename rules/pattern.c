/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* A pattern's groups, numbered and named: more are not needed to take a URL apart. */
#define PATTERN_MAX_GROUPS 32

struct pattern {
	pcre2_code *code;
	uint32_t names, name_size;
	PCRE2_SPTR name_table;
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
	pcre2_set_match_limit(scratch->context, PATTERN_MATCH_LIMIT);
	pcre2_set_depth_limit(scratch->context, PATTERN_DEPTH_LIMIT);
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
		PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &offset, NULL);
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
	struct pattern *pattern;

	if (!code)
		return NULL;
	/* Without JIT it matches as well, only slower. */
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	pattern = g_new0(struct pattern, 1);
	pattern->code = code;
	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &pattern->names);
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &pattern->name_size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &pattern->name_table);
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

bool pattern_match(
	const struct pattern *pattern, struct span subject, pattern_group_fn group, void *user)
{
	struct scratch *scratch = scratch_get();
	int count = pcre2_match(pattern->code, (PCRE2_SPTR)(subject.ptr ? subject.ptr : ""),
		subject.len, 0, 0, scratch->data, scratch->context);

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

void pattern_groups(const struct pattern *pattern, pattern_group_fn group, void *user)
{
	for (uint32_t i = 0; i < pattern->names; i++) {
		uint32_t number;

		group(user, entry_name(pattern, i, &number), (struct span){"", 0});
	}
}
