/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Groups in groups; patterns are short. */
#define MAX_DEPTH 64

struct reader {
	const char *at;
	GArray *tokens;
	const char *why;
	uint32_t options;          /* PCRE2_CASELESS, PCRE2_DOTALL */
	uint32_t saved[MAX_DEPTH]; /* of the groups that are open */
	enum regex_group groups[MAX_DEPTH];
	unsigned depth;
};

static void fail(struct reader *reader, const char *why)
{
	if (!reader->why)
		reader->why = why;
}

static struct regex_token *add(struct reader *reader, enum regex_kind kind)
{
	struct regex_token token = {.kind = kind};

	g_array_append_val(reader->tokens, token);
	return &g_array_index(reader->tokens, struct regex_token, reader->tokens->len - 1);
}

/* ---- sets ---- */

/* What one place matches, asked of PCRE2 itself. */
static bool compile_set(const struct reader *reader, struct span atom, struct regex_set *set)
{
	int error;
	PCRE2_SIZE offset;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)atom.ptr, atom.len,
		PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_ANCHORED | PCRE2_ENDANCHORED |
			reader->options,
		&error, &offset, NULL);
	pcre2_match_data *data = code ? pcre2_match_data_create(1, NULL) : NULL;

	for (unsigned byte = 0; data && byte < 256; byte++) {
		unsigned char subject = (unsigned char)byte;

		if (pcre2_match(code, &subject, 1, 0, 0, data, NULL) >= 0)
			regex_set_add(set, subject);
	}
	pcre2_match_data_free(data);
	pcre2_code_free(code);
	return data != NULL;
}

static void add_set(struct reader *reader, struct span atom)
{
	struct regex_token *token = add(reader, REGEX_SET);

	if (!compile_set(reader, atom, &token->set))
		fail(reader, "something that is not one byte");
	reader->at = atom.ptr + atom.len;
}

static void add_byte(struct reader *reader, char byte)
{
	struct regex_token *token = add(reader, REGEX_SET);

	regex_set_add(&token->set, (unsigned char)byte);
	if (reader->options & PCRE2_CASELESS) {
		regex_set_add(&token->set, (unsigned char)g_ascii_tolower(byte));
		regex_set_add(&token->set, (unsigned char)g_ascii_toupper(byte));
	}
}

/* ---- classes ---- */

static const char *skip_quoted(const char *at)
{
	const char *end = strstr(at, "\\E");

	return end ? end + 2 : at + strlen(at);
}

static const char *skip_posix_class(const char *at)
{
	const char *end = strstr(at + 2, ":]");

	return end && strcspn(at + 2, "]\\") == (size_t)(end + 1 - (at + 2)) ? end + 2 : at + 1;
}

/* Behind the `]` that ends the class at `at`. */
static const char *class_end(const char *at)
{
	at += at[1] == '^' ? 2 : 1;
	at += *at == ']';
	while (*at && *at != ']') {
		if (at[0] == '\\' && at[1] == 'Q')
			at = skip_quoted(at + 2);
		else if (at[0] == '\\' && at[1])
			at += 2;
		else if (at[0] == '[' && at[1] == ':')
			at = skip_posix_class(at);
		else
			at++;
	}
	return *at ? at + 1 : at;
}

static void read_class(struct reader *reader)
{
	const char *end = class_end(reader->at);

	add_set(reader, (struct span){reader->at, end - reader->at});
}

/* ---- escapes ---- */

static const char *skip_braced(const char *at)
{
	const char *end = *at == '{' ? strchr(at, '}') : NULL;

	return end ? end + 1 : NULL;
}

static const char *skip_digits(const char *at, unsigned max, bool hexadecimal)
{
	while (max-- && (hexadecimal ? g_ascii_isxdigit(*at) : *at >= '0' && *at <= '7'))
		at++;
	return at;
}

/* Behind an escape (`at` is behind its backslash) that stands for one of some bytes. */
static const char *escape_end(const char *at)
{
	const char *braced = skip_braced(at + 1);

	switch (*at) {
	case 'x':
		return braced ? braced : skip_digits(at + 1, 2, true);
	case 'o':
		return braced ? braced : at + 1;
	case '0':
		return skip_digits(at + 1, 2, false);
	case 'c':
		return at[1] ? at + 2 : at + 1;
	case 'p':
	case 'P':
		return braced ? braced : at[1] ? at + 2 : at + 1;
	default:
		return at + 1;
	}
}

static void read_quoted(struct reader *reader)
{
	const char *end = strstr(reader->at + 2, "\\E");

	reader->at += 2;
	while (*reader->at && reader->at != end)
		add_byte(reader, *reader->at++);
	if (end)
		reader->at = end + 2;
}

static void read_escape(struct reader *reader)
{
	const char *start = reader->at;
	char c = start[1];

	if (!c) {
		fail(reader, "a backslash at the end");
		return;
	}
	if (c == 'Q') {
		read_quoted(reader);
		return;
	}
	if ((c >= '1' && c <= '9') || c == 'g' || c == 'k')
		fail(reader, "a back reference");
	else if (c && strchr("KGRX", c))
		fail(reader, "\\K, \\G, \\R or \\X");
	reader->at = escape_end(start + 1);
	if (c == 'E')
		return;
	if (c == 'A')
		add(reader, REGEX_START);
	else if (c == 'z' || c == 'Z')
		add(reader, REGEX_END);
	else if (c == 'b' || c == 'B')
		add(reader, c == 'b' ? REGEX_EDGE : REGEX_NO_EDGE);
	else
		add_set(reader, (struct span){start, reader->at - start});
}

/* ---- groups ---- */

static void open_group(struct reader *reader, enum regex_group group, struct span name)
{
	struct regex_token *token = add(reader, REGEX_OPEN);

	token->group = group;
	if (name.len < sizeof(token->name))
		memcpy(token->name, name.ptr, name.len);
	if (reader->depth == MAX_DEPTH) {
		fail(reader, "groups nested too deep");
		return;
	}
	reader->saved[reader->depth] = reader->options;
	reader->groups[reader->depth++] = group;
}

static void close_group(struct reader *reader)
{
	struct regex_token *token = add(reader, REGEX_CLOSE);

	reader->at++;
	if (!reader->depth) {
		fail(reader, "a group that ends without a start");
		return;
	}
	reader->options = reader->saved[--reader->depth];
	token->group = reader->groups[reader->depth];
}

/* `(?<name>`, `(?'name'`, `(?P<name>`; `at` is behind the quote. */
static void open_named(struct reader *reader, const char *at, char quote)
{
	const char *end = strchr(at, quote);

	if (!end) {
		fail(reader, "a name without an end");
		return;
	}
	open_group(reader, REGEX_GROUP, (struct span){at, end - at});
	reader->at = end + 1;
}

static bool set_option(struct reader *reader, char letter, bool on)
{
	uint32_t option = letter == 'i' ? PCRE2_CASELESS : letter == 's' ? PCRE2_DOTALL : 0;

	/* A URL is one line, and names may be there twice or groups have none: nothing changes. */
	if (!option && !strchr("mnJ", letter))
		return false;
	reader->options = on ? reader->options | option : reader->options & ~option;
	return true;
}

/* `(?i)`, `(?s-i:`; `at` is behind the question mark. */
static void read_options(struct reader *reader, const char *at)
{
	uint32_t before = reader->options;
	bool on = true, good = true;

	for (; good && *at && *at != ':' && *at != ')'; at++) {
		if (*at == '-' && on)
			on = false;
		else
			good = set_option(reader, *at, on);
	}
	if (!good || !*at) {
		fail(reader, "an option but i, m and s");
		return;
	}
	reader->at = at + 1;
	if (*at == ')')
		return;
	uint32_t inside = reader->options;
	reader->options = before;
	open_group(reader, REGEX_GROUP, span_from(""));
	reader->options = inside;
}

static const struct {
	const char *start;
	enum regex_group group;
} group_starts[] = {
	{"(?:", REGEX_GROUP},
	{"(?>", REGEX_ATOMIC},
	{"(?=", REGEX_AHEAD},
	{"(?!", REGEX_NOT_AHEAD},
	{"(?<=", REGEX_BEHIND},
	{"(?<!", REGEX_NOT_BEHIND},
	{"(?|", REGEX_GROUP},
};

static void read_special_group(struct reader *reader)
{
	const char *at = reader->at;
	const char *comment = g_str_has_prefix(at, "(?#") ? strchr(at, ')') : NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(group_starts); i++)
		if (g_str_has_prefix(at, group_starts[i].start)) {
			open_group(reader, group_starts[i].group, span_from(""));
			reader->at += strlen(group_starts[i].start);
			return;
		}
	if (comment)
		reader->at = comment + 1;
	else if (at[2] == '<')
		open_named(reader, at + 3, '>');
	else if (at[2] == '\'')
		open_named(reader, at + 3, '\'');
	else if (g_str_has_prefix(at, "(?P<"))
		open_named(reader, at + 4, '>');
	else if (at[2] == '-' ? g_ascii_isalpha(at[3]) : at[2] && strchr("imnsxUJ)", at[2]))
		read_options(reader, at + 2);
	else
		fail(reader, "recursion, a condition or a callout");
}

static void read_group(struct reader *reader)
{
	if (reader->at[1] == '*') {
		fail(reader, "a verb");
	} else if (reader->at[1] == '?') {
		read_special_group(reader);
	} else {
		open_group(reader, REGEX_GROUP, span_from(""));
		reader->at++;
	}
}

/* ---- repetitions ---- */

/* `{2}`, `{2,}`, `{2,5}`; NULL where the brace stands for itself. */
static const char *read_bounds(const char *at, unsigned *min, unsigned *max)
{
	char *end;

	if (!g_ascii_isdigit(at[1]))
		return NULL;
	*min = *max = (unsigned)strtoul(at + 1, &end, 10);
	if (*end == ',') {
		*max = REGEX_MANY;
		if (g_ascii_isdigit(end[1]))
			*max = (unsigned)strtoul(end + 1, &end, 10);
		else
			end++;
	}
	return *end == '}' ? end + 1 : NULL;
}

static bool can_repeat(const struct reader *reader)
{
	const struct regex_token *last;

	if (!reader->tokens->len)
		return false;
	last = &g_array_index(reader->tokens, struct regex_token, reader->tokens->len - 1);
	return last->kind == REGEX_SET || (last->kind == REGEX_CLOSE && last->group < REGEX_AHEAD);
}

static void add_repeat(struct reader *reader, unsigned min, unsigned max, const char *behind)
{
	struct regex_token *token;

	if (!can_repeat(reader))
		fail(reader, "a repeated assertion");
	token = add(reader, REGEX_REPEAT);
	token->min = min;
	token->max = max;
	token->greed = *behind == '?'   ? REGEX_LAZY
		       : *behind == '+' ? REGEX_POSSESSIVE
					: REGEX_GREEDY;
	reader->at = behind + (token->greed != REGEX_GREEDY);
}

static void read_brace(struct reader *reader)
{
	unsigned min, max;
	const char *behind = read_bounds(reader->at, &min, &max);

	if (behind)
		add_repeat(reader, min, max, behind);
	else
		add_byte(reader, *reader->at++);
}

/* ---- the pattern ---- */

static void read_token(struct reader *reader)
{
	switch (*reader->at) {
	case '\\':
		read_escape(reader);
		break;
	case '[':
		read_class(reader);
		break;
	case '.':
		add_set(reader, (struct span){reader->at, 1});
		break;
	case '(':
		read_group(reader);
		break;
	case ')':
		close_group(reader);
		break;
	case '{':
		read_brace(reader);
		break;
	case '*':
		add_repeat(reader, 0, REGEX_MANY, reader->at + 1);
		break;
	case '+':
		add_repeat(reader, 1, REGEX_MANY, reader->at + 1);
		break;
	case '?':
		add_repeat(reader, 0, 1, reader->at + 1);
		break;
	case '^':
	case '$':
		add(reader, *reader->at++ == '^' ? REGEX_START : REGEX_END);
		break;
	case '|':
		add(reader, REGEX_OR);
		reader->at++;
		break;
	default:
		add_byte(reader, *reader->at++);
	}
}

GArray *regex_read(const char *pattern, const char **why)
{
	struct reader reader = {
		.at = pattern, .tokens = g_array_new(FALSE, TRUE, sizeof(struct regex_token))};

	while (*reader.at && !reader.why)
		read_token(&reader);
	if (reader.depth)
		fail(&reader, "a group without an end");
	if (!reader.why)
		return reader.tokens;
	*why = reader.why;
	g_array_unref(reader.tokens);
	return NULL;
}

/* ---- writing ---- */

unsigned regex_set_count(const struct regex_set *set, unsigned char *byte)
{
	unsigned count = 0;

	if (byte)
		*byte = 0;
	for (int i = 255; i >= 0; i--)
		if (regex_set_has(set, (unsigned char)i)) {
			count++;
			if (byte)
				*byte = (unsigned char)i;
		}
	return count;
}

/* Quotes, blanks and `#` mean something to the files that patterns are put in. */
static void put_byte(GString *out, unsigned char byte, const char *special)
{
	if (byte <= ' ' || byte >= 0x7F || strchr("#'\"`", byte))
		g_string_append_printf(out, "\\x%02x", byte);
	else if (strchr(special, byte))
		g_string_append_printf(out, "\\%c", byte);
	else
		g_string_append_c(out, (char)byte);
}

static void put_outside(GString *out, unsigned char byte)
{
	put_byte(out, byte, "\\/.^$*+?()[]{}|");
}

/* Three and more in a row become a range. */
static void put_ranges(GString *out, const struct regex_set *set, const char *special)
{
	for (int i = 0; i < 256; i++) {
		int last = i;

		if (!regex_set_has(set, (unsigned char)i))
			continue;
		while (last < 255 && regex_set_has(set, (unsigned char)(last + 1)))
			last++;
		put_byte(out, (unsigned char)i, special);
		if (last >= i + 2)
			g_string_append_c(out, '-');
		if (last > i)
			put_byte(out, (unsigned char)(last >= i + 2 ? last : i + 1), special);
		i = last;
	}
}

static const struct regex_set word_bytes = {
	{UINT64_C(0x03FF000000000000), UINT64_C(0x07FFFFFE87FFFFFE), 0, 0}};

static void put_class(GString *out, const struct regex_set *set)
{
	struct regex_set rest = *set;
	bool words = true;

	for (int i = 0; i < 4; i++)
		words &= (set->bits[i] & word_bytes.bits[i]) == word_bytes.bits[i];
	for (int i = 0; words && i < 4; i++)
		rest.bits[i] &= ~word_bytes.bits[i];
	if (words)
		g_string_append(out, "\\w");
	put_ranges(out, &rest, "\\/^-[]");
}

void regex_set_write(GString *out, const struct regex_set *set)
{
	struct regex_set others;
	unsigned char byte, other;
	unsigned count = regex_set_count(set, &byte);

	for (int i = 0; i < 4; i++)
		others.bits[i] = ~set->bits[i];
	if (count == 0)
		g_string_append(out, "[^\\s\\S]");
	else if (count == 256)
		g_string_append(out, "[\\s\\S]");
	else if (count == 1)
		put_outside(out, byte);
	else if (regex_set_count(&others, &other) == 1 && other == '\n')
		g_string_append_c(out, '.');
	else if (memcmp(set, &word_bytes, sizeof(*set)) == 0)
		g_string_append(out, "\\w");
	else {
		g_string_append(out, count <= 128 ? "[" : "[^");
		put_class(out, count <= 128 ? set : &others);
		g_string_append_c(out, ']');
	}
}

void regex_literal_write(GString *out, struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		put_outside(out, (unsigned char)text.ptr[i]);
}

void regex_repeat_write(GString *out, const struct regex_token *repeat)
{
	static const char *const greeds[] = {"", "?", "+"};

	if (repeat->max == REGEX_MANY && repeat->min < 2)
		g_string_append_c(out, repeat->min ? '+' : '*');
	else if (repeat->min == 0 && repeat->max == 1)
		g_string_append_c(out, '?');
	else if (repeat->max == REGEX_MANY)
		g_string_append_printf(out, "{%u,}", repeat->min);
	else if (repeat->min == repeat->max)
		g_string_append_printf(out, "{%u}", repeat->min);
	else
		g_string_append_printf(out, "{%u,%u}", repeat->min, repeat->max);
	g_string_append(out, greeds[repeat->greed]);
}

static void put_token(GString *out, const struct regex_token *token)
{
	static const char *const groups[] = {"(?:", "(?>", "(?=", "(?!", "(?<=", "(?<!"};
	static const char *const others[] = {
		[REGEX_START] = "^",
		[REGEX_END] = "$",
		[REGEX_EDGE] = "\\b",
		[REGEX_NO_EDGE] = "\\B",
		[REGEX_CLOSE] = ")",
		[REGEX_OR] = "|",
	};

	if (token->kind == REGEX_SET)
		regex_set_write(out, &token->set);
	else if (token->kind == REGEX_OPEN)
		g_string_append(out, groups[token->group]);
	else if (token->kind == REGEX_REPEAT)
		regex_repeat_write(out, token);
	else
		g_string_append(out, others[token->kind]);
}

char *regex_rewrite(const char *pattern, const char **why)
{
	GArray *tokens = regex_read(pattern, why);
	GString *out;

	if (!tokens)
		return NULL;
	out = g_string_new(NULL);
	for (guint i = 0; i < tokens->len; i++)
		put_token(out, &g_array_index(tokens, struct regex_token, i));
	g_array_unref(tokens);
	return g_string_free(out, FALSE);
}

/* In a POSIX bracket nothing is escaped: `]` comes first, `-` last, and what could be taken for the
 * start of a class, or of a negation, neither starts a range nor stands first. */
static void put_bracket(GString *out, struct regex_set set)
{
	static const char ends[] = "[^-";
	bool has[G_N_ELEMENTS(ends) - 1];

	g_string_append_c(out, '[');
	if (regex_set_has(&set, ']'))
		g_string_append_c(out, ']');
	regex_set_remove(&set, ']');
	for (size_t i = 0; i < G_N_ELEMENTS(has); i++) {
		has[i] = regex_set_has(&set, (unsigned char)ends[i]);
		regex_set_remove(&set, (unsigned char)ends[i]);
	}
	for (int i = '!'; i <= '~'; i++) {
		int last = i;

		if (!regex_set_has(&set, (unsigned char)i))
			continue;
		while (regex_set_has(&set, (unsigned char)(last + 1)))
			last++;
		g_string_append_printf(out,
			last > i + 1 ? "%c-%c"
			: last > i   ? "%c%c"
				     : "%c",
			i, last);
		i = last;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(has); i++)
		if (has[i])
			g_string_append_c(out, ends[i]);
	g_string_append_c(out, ']');
}

bool regex_set_write_posix(GString *out, const struct regex_set *set)
{
	struct regex_set shown = *set;
	unsigned char byte;
	unsigned count;

	for (int i = 0; i < 256; i++)
		if (i < '!' || i > '~')
			regex_set_remove(&shown, (unsigned char)i);
	count = regex_set_count(&shown, &byte);
	if (count > 1 && !(count == 2 && regex_set_has(&shown, '^') && regex_set_has(&shown, '-')))
		put_bracket(out, shown);
	else if (count == 2)
		g_string_append(out, "[-^]");
	else if (count == 1)
		g_string_append_printf(out, strchr("\\.^$*+?()[]{}|", byte) ? "\\%c" : "%c", byte);
	return count > 0;
}
