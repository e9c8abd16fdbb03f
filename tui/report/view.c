/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/report/view.h"

#include "rules/decode/decode.h"
#include "tui/mail/link.h"

/* Runs that are shorter hold no address. */
static const struct {
	unsigned bits, phases;
	size_t shortest;
} alphabets[VIEW_ALPHABETS] = {
	[VIEW_BASE64] = {6, 4, 8},
	[VIEW_HEX] = {4, 2, 12},
	[VIEW_BASE32] = {5, 8, 12},
};
/* What somebody compressed is longer. */
#define SHORTEST_DEFLATED 16
/* Places in all runs of a view where something compressed may begin; what is without a header, and
 * beyond these, the gate finds. */
#define DEFLATED_MAX 1000
#define HEADERLESS_MAX 2000
#define LONGEST_TAG 4096

/* ---- views ---- */

static struct view *view_empty(size_t size)
{
	struct view *view = g_new0(struct view, 1);

	view->size = MAX(size, 16);
	view->bytes = g_malloc(view->size + 1);
	view->places = g_new(struct view_place, view->size);
	return view;
}

static void make_room(struct view *view, size_t more)
{
	if (view->len + more <= view->size)
		return;
	view->size = MAX(view->size * 2, view->len + more);
	view->bytes = g_realloc(view->bytes, view->size + 1);
	view->places = g_renew(struct view_place, view->places, view->size);
}

static inline void put(struct view *view, char byte, struct view_place place)
{
	if (view->len == view->size)
		make_room(view, 1);
	view->bytes[view->len] = byte;
	view->places[view->len++] = place;
}

/* Nothing more is put. An empty view is none. */
static struct view *ended(struct view *view)
{
	if (view && view->len) {
		view->bytes[view->len] = '\0';
		return view;
	}
	view_free(view);
	return NULL;
}

struct view *view_new(struct span original)
{
	struct view *view = view_empty(original.len);

	for (guint32 i = 0; i < original.len; i++)
		put(view, original.ptr[i], (struct view_place){i, i + 1});
	view->bytes[view->len] = '\0';
	return view;
}

void view_free(struct view *view)
{
	if (!view)
		return;
	g_free(view->bytes);
	g_free(view->places);
	g_free(view);
}

struct view_place view_place_of(const struct view *view, size_t from, size_t to)
{
	struct view_place place = view->places[from];

	for (size_t i = from + 1; i < to; i++) {
		place.from = MIN(place.from, view->places[i].from);
		place.to = MAX(place.to, view->places[i].to);
	}
	return place;
}

static void copy(struct view *view, const struct view *of, size_t from, size_t to)
{
	make_room(view, to - from);
	memcpy(view->bytes + view->len, of->bytes + from, to - from);
	memcpy(view->places + view->len, of->places + from, (to - from) * sizeof(*of->places));
	view->len += to - from;
}

/* The character at `i` and its length; a byte that is no UTF-8 is one of Latin-1. */
static gunichar character_at(const struct view *view, size_t i, size_t *len)
{
	guchar first = (guchar)view->bytes[i];
	gunichar c;

	*len = 1;
	if (first < 0x80)
		return first;
	c = g_utf8_get_char_validated(view->bytes + i, (gssize)(view->len - i));
	if ((gint32)c < 0)
		return first;
	*len = (size_t)g_utf8_skip[first];
	return c;
}

/* ---- replacing ---- */

/* What stands for some bytes of a view. */
struct stand_in {
	enum { STAND_IN_BYTE, STAND_IN_CHARACTER, STAND_IN_NOTHING } kind;
	gunichar c;
	size_t len; /* of the bytes; 0: they stand for themselves */
};
#define AS_IT_IS ((struct stand_in){0})

static void put_stand_in(
	struct view *view, const struct view *of, size_t i, const struct stand_in *in)
{
	struct view_place place = view_place_of(of, i, i + in->len);
	char bytes[6] = {(char)in->c};
	int len = in->kind == STAND_IN_BYTE ? 1
		  : in->kind == STAND_IN_CHARACTER && in->c < 0x110000
			  ? g_unichar_to_utf8(in->c, bytes)
			  : 0;

	for (int n = 0; n < len; n++)
		put(view, bytes[n], place);
}

/* The view with every stand-in put; one can only begin at a byte of `marks`. */
static struct view *view_replaced(const struct view *of, const char *marks,
	struct stand_in (*at)(const struct view *of, size_t i))
{
	struct view *view = NULL;
	size_t done = 0;

	for (size_t i = 0; (i += strcspn(of->bytes + i, marks)) < of->len;) {
		struct stand_in in = of->bytes[i] ? at(of, i) : AS_IT_IS;

		if (in.len && !view)
			view = view_empty(of->len);
		if (in.len) {
			copy(view, of, done, i);
			put_stand_in(view, of, i, &in);
			done = i + in.len;
		}
		i += MAX(in.len, 1);
	}
	if (view)
		copy(view, of, done, of->len);
	return ended(view);
}

/* ---- escapes ---- */

/* `count` hex digits at `i`; -1 where there are none. The NUL at the end is no digit. */
static gint32 hex_at(const struct view *view, size_t i, unsigned count)
{
	gint32 value = 0;

	for (unsigned n = 0; n < count; n++) {
		int digit = i + n < view->len ? g_ascii_xdigit_value(view->bytes[i + n]) : -1;

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static struct stand_in percent_at(const struct view *of, size_t i)
{
	gint32 byte = hex_at(of, i + 1, 2), c;

	if (byte >= 0)
		return (struct stand_in){STAND_IN_BYTE, (gunichar)byte, 3};
	c = (of->bytes[i + 1] | 0x20) == 'u' ? hex_at(of, i + 2, 4) : -1;
	return c >= 0 ? (struct stand_in){STAND_IN_CHARACTER, (gunichar)c, 6} : AS_IT_IS;
}

static struct stand_in numeric_reference(const struct view *of, size_t i)
{
	const char *at = of->bytes + i + 2;
	bool hex = *at == 'x' || *at == 'X';
	gunichar c = 0;
	unsigned digits = 0;

	for (at += hex; digits < 10; at++, digits++) {
		int digit = hex ? g_ascii_xdigit_value(*at) : g_ascii_digit_value(*at);

		if (digit < 0)
			break;
		c = c < 0x110000 ? c * (hex ? 16 : 10) + (gunichar)digit : c;
	}
	at += *at == ';';
	return digits ? (struct stand_in){STAND_IN_CHARACTER, c, (size_t)(at - of->bytes) - i}
		      : AS_IT_IS;
}

static struct stand_in reference_at(const struct view *of, size_t i)
{
	static const struct {
		const char *name;
		gunichar c;
	} names[] = {{"amp;", '&'}, {"commat;", '@'}, {"period;", '.'}, {"lowbar;", '_'},
		{"UnderBar;", '_'}, {"hyphen;", '-'}, {"dash;", '-'}, {"plus;", '+'},
		{"equals;", '='}, {"percnt;", '%'}, {"sol;", '/'}, {"bsol;", '\\'}, {"quot;", '"'},
		{"apos;", '\''}, {"lt;", '<'}, {"gt;", '>'}, {"excl;", '!'}, {"num;", '#'},
		{"nbsp;", ' '}, {"shy;", 0xad}, {"zwnj;", 0x200c}, {"zwj;", 0x200d}};

	if (of->bytes[i + 1] == '#')
		return numeric_reference(of, i);
	for (size_t n = 0; n < G_N_ELEMENTS(names); n++)
		if (g_str_has_prefix(of->bytes + i + 1, names[n].name))
			return (struct stand_in){
				STAND_IN_CHARACTER, names[n].c, strlen(names[n].name) + 1};
	return AS_IT_IS;
}

/* `\u{40}` */
static struct stand_in braced(const struct view *of, size_t i)
{
	gunichar c = 0;
	size_t at = i + 3;

	for (; at < i + 9 && g_ascii_isxdigit(of->bytes[at]); at++)
		c = c << 4 | (gunichar)g_ascii_xdigit_value(of->bytes[at]);
	return of->bytes[at] == '}' ? (struct stand_in){STAND_IN_CHARACTER, c, at + 1 - i}
				    : AS_IT_IS;
}

static struct stand_in octal_at(const struct view *of, size_t i)
{
	gunichar c = 0;

	for (unsigned n = 1; n <= 3; n++) {
		if (of->bytes[i + n] < '0' || of->bytes[i + n] > '7')
			return AS_IT_IS;
		c = c << 3 | (gunichar)(of->bytes[i + n] - '0');
	}
	return (struct stand_in){STAND_IN_BYTE, c & 0xff, 4};
}

/* Behind a backslash, a character by itself. */
static struct stand_in single_at(const struct view *of, size_t i)
{
	char next = of->bytes[i + 1];

	if (next && strchr("bfnrtv", next))
		return (struct stand_in){STAND_IN_BYTE, ' ', 2};
	return next && !g_ascii_isalnum(next) ? (struct stand_in){STAND_IN_BYTE, (guchar)next, 2}
					      : AS_IT_IS;
}

/* Of JSON, JavaScript, C, and CSS, where a blank may end the digits. */
static struct stand_in backslash_at(const struct view *of, size_t i)
{
	char next = of->bytes[i + 1];
	bool wide = next == 'u' || next == 'U';
	gint32 c = wide ? hex_at(of, i + 2, 4) : next == 'x' ? hex_at(of, i + 2, 2) : -1;
	struct stand_in octal = octal_at(of, i);

	if (wide && of->bytes[i + 2] == '{')
		return braced(of, i);
	if (c >= 0)
		return (struct stand_in){
			wide ? STAND_IN_CHARACTER : STAND_IN_BYTE, (gunichar)c, wide ? 6 : 4};
	if (octal.len)
		return octal;
	c = hex_at(of, i + 1, 2);
	if (c >= 0)
		return (struct stand_in){
			STAND_IN_CHARACTER, (gunichar)c, of->bytes[i + 3] == ' ' ? 4 : 3};
	return single_at(of, i);
}

/* `=XX`, or `=` and the end of the line. */
static struct stand_in quoted_at(const struct view *of, size_t i)
{
	gint32 byte = hex_at(of, i + 1, 2);
	size_t blanks = strspn(of->bytes + i + 1, " \t"), end = i + 1 + blanks;

	if (byte >= 0)
		return (struct stand_in){STAND_IN_BYTE, (gunichar)byte, 3};
	end += of->bytes[end] == '\r';
	return of->bytes[end] == '\n' ? (struct stand_in){STAND_IN_NOTHING, 0, end + 1 - i}
				      : AS_IT_IS;
}

/* Control characters are no part of what is looked for: so no number is taken for one. */
static struct stand_in signed_at(const struct view *of, size_t i)
{
	gint32 byte = hex_at(of, i + 1, 2);

	return byte >= 0x20 ? (struct stand_in){STAND_IN_BYTE, (gunichar)byte, 3} : AS_IT_IS;
}

static struct stand_in escape_at(const struct view *of, size_t i)
{
	switch (of->bytes[i]) {
	case '%':
		return percent_at(of, i);
	case '&':
		return reference_at(of, i);
	case '\\':
		return backslash_at(of, i);
	case '=':
		return quoted_at(of, i);
	default:
		return signed_at(of, i);
	}
}

struct view *view_unescaped(const struct view *of, unsigned escapes)
{
	g_autofree char *marks = g_strconcat(escapes & VIEW_COMMON ? "%&\\" : "",
		escapes & VIEW_QUOTED ? "=" : "", escapes & VIEW_SIGNED ? "-_~*.!$:+" : "", NULL);

	return view_replaced(of, marks, escape_at);
}

/* ---- layout ---- */

static struct stand_in tag_at(const struct view *of, size_t i)
{
	const char *at = of->bytes + i;
	const char *end = memchr(at, '>', MIN(of->len - i, LONGEST_TAG));

	return end ? (struct stand_in){STAND_IN_NOTHING, 0, (size_t)(end + 1 - at)} : AS_IT_IS;
}

struct view *view_untagged(const struct view *of)
{
	return view_replaced(of, "<", tag_at);
}

static bool is_layout(gunichar c)
{
	return c <= 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad ||
	       (c > 0xa0 && (g_unichar_isspace(c) || link_is_invisible(c)));
}

struct view *view_joined(const struct view *of)
{
	struct view *view = view_empty(of->len);
	size_t done = 0, len;

	for (size_t i = 0; i < of->len; i += len) {
		if (!is_layout(character_at(of, i, &len)))
			continue;
		copy(view, of, done, i);
		done = i + len;
	}
	copy(view, of, done, of->len);
	if (view->len < of->len)
		return ended(view);
	view_free(view);
	return NULL;
}

struct view *view_reversed(const struct view *of)
{
	struct view *view = view_empty(of->len);

	for (size_t i = of->len; i-- > 0;)
		put(view, of->bytes[i], of->places[i]);
	return ended(view);
}

struct view *view_rot13(const struct view *of)
{
	struct view *view = view_empty(of->len);

	for (size_t i = 0; i < of->len; i++) {
		char c = of->bytes[i], base = g_ascii_isupper(c) ? 'A' : 'a';

		put(view, g_ascii_isalpha(c) ? (char)(base + (c - base + 13) % 26) : c,
			of->places[i]);
	}
	return ended(view);
}

/* ---- alphabets ---- */

unsigned view_phases(enum view_alphabet alphabet)
{
	return alphabets[alphabet].phases;
}

/* The value of each character, by alphabet; -1: it is none. */
static gint8 values[VIEW_ALPHABETS][256];

static int base64_value(char c)
{
	if (g_ascii_isupper(c))
		return c - 'A';
	if (g_ascii_islower(c))
		return c - 'a' + 26;
	if (g_ascii_isdigit(c))
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static int base32_value(char c)
{
	if (g_ascii_isalpha(c))
		return g_ascii_toupper(c) - 'A';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static const gint8 *values_of(enum view_alphabet alphabet)
{
	static gsize once;

	if (g_once_init_enter(&once)) {
		for (int c = 0; c < 256; c++) {
			values[VIEW_BASE64][c] = (gint8)base64_value((char)c);
			values[VIEW_HEX][c] = (gint8)g_ascii_xdigit_value((char)c);
			values[VIEW_BASE32][c] = (gint8)base32_value((char)c);
		}
		g_once_init_leave(&once, 1);
	}
	return values[alphabet];
}

/* In base32 letters are of one case, and hardly a run is without a digit. */
static bool may_be_encoded(const struct view_run *run)
{
	bool upper = false, lower = false, digit = false;

	if (run->to - run->from < alphabets[run->alphabet].shortest)
		return false;
	for (size_t i = run->from; run->alphabet == VIEW_BASE32 && i < run->to; i++) {
		upper |= g_ascii_isupper(run->of->bytes[i]);
		lower |= g_ascii_islower(run->of->bytes[i]);
		digit |= g_ascii_isdigit(run->of->bytes[i]);
	}
	return run->alphabet != VIEW_BASE32 || (upper != lower && (digit || upper));
}

GArray *view_runs(const struct view *view, enum view_alphabet alphabet)
{
	GArray *runs = g_array_new(FALSE, FALSE, sizeof(struct view_run));
	const gint8 *value = values_of(alphabet);
	const guchar *bytes = (const guchar *)view->bytes;

	for (size_t at = 0; at < view->len;) {
		struct view_run run = {.of = view, .alphabet = alphabet};

		while (at < view->len && value[bytes[at]] < 0)
			at++;
		run.from = at;
		while (at < view->len && value[bytes[at]] >= 0)
			at++;
		run.to = at;
		if (may_be_encoded(&run))
			g_array_append_val(runs, run);
	}
	if (runs->len)
		return runs;
	g_array_unref(runs);
	return NULL;
}

/* At most `max` bytes of it. */
static void decode_run(const struct view_run *run, size_t max, GString *out)
{
	const gint8 *value = values_of(run->alphabet);
	unsigned bits = alphabets[run->alphabet].bits, have = 0;
	guint32 collected = 0;
	char *to;

	g_string_set_size(out, (run->to - run->from) * bits / 8 + 1);
	to = out->str;
	for (size_t i = run->from + run->phase; i < run->to && (size_t)(to - out->str) < max; i++) {
		collected = collected << bits | (guint32)value[(guchar)run->of->bytes[i]];
		have += bits;
		if (have < 8)
			continue;
		have -= 8;
		*to++ = (char)(collected >> have & 0xff);
	}
	g_string_set_size(out, (gsize)(to - out->str));
}

/* Each byte comes from the characters that hold bits of it. */
struct view_place view_run_place(const struct view_run *run, size_t from, size_t to)
{
	unsigned bits = alphabets[run->alphabet].bits;
	size_t first = run->from + run->phase + from * 8 / bits,
	       last = run->from + run->phase + (to * 8 - 1) / bits;

	return view_place_of(run->of, first, last + 1);
}

/* NUL too: of two bytes of UTF-16 one is. */
static bool is_text(gunichar c, size_t len)
{
	return c < 0x80 ? (c >= 0x20 && c < 0x7f) || (c >= '\t' && c <= '\r') || !c
			: len > 1 && g_unichar_isprint(c);
}

typedef void (*text_fn)(struct view *view, const struct view_run *run, size_t from, size_t to);

/* Calls `text` for every row of at least `shortest` bytes of the run that may be text. */
static void each_text(struct view *view, const struct view_run *run, size_t shortest, text_fn text)
{
	const struct view bytes = {.bytes = (char *)run->bytes.ptr, .len = run->bytes.len};
	size_t from = 0, len;

	for (size_t i = 0; i < bytes.len; i += len) {
		gunichar c = character_at(&bytes, i, &len);

		if (is_text(c, len))
			continue;
		if (i - from >= shortest)
			text(view, run, from, i);
		from = i + len;
	}
	if (bytes.len > from && bytes.len - from >= shortest)
		text(view, run, from, bytes.len);
}

static void put_text(struct view *view, const struct view_run *run, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		put(view, run->bytes.ptr[i], view_run_place(run, i, i + 1));
	put(view, '\n', view_run_place(run, to - 1, to));
}

struct view *view_decoded(
	GArray *runs, unsigned phase, size_t shortest, view_run_fn decoded, void *user)
{
	struct view *view = view_empty(0);
	GString *bytes = g_string_new(NULL);

	for (guint i = 0; i < runs->len; i++) {
		struct view_run run = g_array_index(runs, struct view_run, i);

		run.phase = phase;
		decode_run(&run, G_MAXSIZE, bytes);
		run.bytes = span_from_string(bytes);
		decoded(user, &run);
		each_text(view, &run, shortest, put_text);
	}
	g_string_free(bytes, TRUE);
	return ended(view);
}

/* It says so, by the first bytes of zlib's and gzip's headers. */
static bool looks_deflated(const GString *bytes)
{
	const guchar *at = (const guchar *)bytes->str;

	return bytes->len >= SHORTEST_DEFLATED &&
	       ((at[0] == 0x1f && at[1] == 0x8b) ||
		       (at[0] == 0x78 && (at[0] << 8 | at[1]) % 31 == 0));
}

/* Final, and of a type that compresses: what is short is one block (RFC 1951 §3.2.3). */
static bool looks_like_block(const GString *bytes)
{
	guchar first = (guchar)*bytes->str & 7;

	return bytes->len >= SHORTEST_DEFLATED && (first == 3 || first == 5);
}

struct inflating {
	struct view *view;
	GString *bytes;
	size_t shortest;
	unsigned left, headerless_left;
};

/* Whether something compressed may begin there: what has no header, only at the beginning of a
 * token, which a path's slash ends. */
static bool may_begin(
	struct inflating *inflating, const struct view_run *token, const struct view_run *run)
{
	bool first = token->from == run->from || token->of->bytes[token->from - 1] == '/';

	if (token->to - token->from < SHORTEST_DEFLATED * 8 / alphabets[token->alphabet].bits)
		return false;
	decode_run(token, SHORTEST_DEFLATED, inflating->bytes);
	if (looks_deflated(inflating->bytes)) {
		inflating->left--;
		return true;
	}
	if (!first || !inflating->headerless_left || !looks_like_block(inflating->bytes))
		return false;
	inflating->headerless_left--;
	return true;
}

/* No byte of it has a place of its own. */
static void put_whole(struct view *view, const struct view_run *run, size_t from, size_t to)
{
	struct view_place place = view_place_of(run->of, run->from, run->to);

	for (size_t i = from; i < to; i++)
		put(view, run->bytes.ptr[i], place);
	put(view, '\n', place);
}

static void put_inflated(struct inflating *inflating, const struct view_run *token)
{
	GString *inflated = g_string_new(NULL);
	struct view_run whole = *token;

	decode_run(token, G_MAXSIZE, inflating->bytes);
	if (decoder_find("zlib")->decode(span_from_string(inflating->bytes), NULL, inflated)) {
		whole.bytes = span_from_string(inflated);
		each_text(inflating->view, &whole, inflating->shortest, put_whole);
	}
	g_string_free(inflated, TRUE);
}

/* A slash may be one of a path, or of base64: what it ends is tried before all that is left. */
static void inflate_at(struct inflating *inflating, const struct view_run *run, size_t from)
{
	const char *at = run->of->bytes + from;
	const char *slash = memchr(at, '/', run->to - from);
	struct view_run token = *run;
	size_t before = inflating->view->len;

	token.from = from;
	token.to = slash ? from + (size_t)(slash - at) : run->to;
	put_inflated(inflating, &token);
	if (inflating->view->len > before || !slash)
		return;
	token.to = run->to;
	put_inflated(inflating, &token);
}

static void inflate_run(struct inflating *inflating, const struct view_run *run)
{
	struct view_run token = *run;

	for (; token.from < run->to && inflating->left; token.from++)
		if (may_begin(inflating, &token, run))
			inflate_at(inflating, run, token.from);
}

struct view *view_inflated(GArray *runs, size_t shortest, bool *exhausted)
{
	struct inflating inflating = {
		view_empty(0), g_string_new(NULL), shortest, DEFLATED_MAX, HEADERLESS_MAX};
	struct view *view = inflating.view;

	/* No bomb: all of it together is about what one decoder yields. */
	for (guint i = 0; i < runs->len && inflating.left && view->len < DECODE_MAX_SIZE; i++)
		inflate_run(&inflating, &g_array_index(runs, struct view_run, i));
	*exhausted |= !inflating.left || view->len >= DECODE_MAX_SIZE;
	g_string_free(inflating.bytes, TRUE);
	return ended(view);
}

/* ---- squashing ---- */

static void squash_character(struct view *view, gunichar c, struct view_place place)
{
	gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
	gsize count = g_unichar_fully_decompose(c, TRUE, parts, G_N_ELEMENTS(parts));

	for (gsize i = 0; i < MIN(count, G_N_ELEMENTS(parts)); i++) {
		gunichar lower = g_unichar_tolower(parts[i]);
		char bytes[6] = "ss";
		/* ß is SS in upper case, and where IDNs are mapped by the old rules. */
		int len = lower == 0xdf              ? 2
			  : g_unichar_isalnum(lower) ? g_unichar_to_utf8(lower, bytes)
						     : 0;

		for (int n = 0; n < len; n++)
			put(view, bytes[n], place);
	}
}

struct view *view_squashed(const struct view *of)
{
	struct view *view = view_empty(of->len);
	size_t len;

	for (size_t i = 0; i < of->len; i += len) {
		gunichar c = character_at(of, i, &len);
		struct view_place place = {(guint32)i, (guint32)(i + len)};

		if (c >= 0x80)
			squash_character(view, c, place);
		else if (g_ascii_isalnum(c))
			put(view, g_ascii_tolower((char)c), place);
	}
	view->bytes[view->len] = '\0';
	return view;
}

char *view_squash(const char *text)
{
	struct view *whole = view_new(span_from(text));
	struct view *squashed = view_squashed(whole);
	char *result = g_strdup(squashed->bytes);

	view_free(squashed);
	view_free(whole);
	return result;
}
