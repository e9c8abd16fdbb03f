/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last look at what is finished: it is taken apart as its reader would do that, by GMime,
 * Jansson and the decoders of rules, and nothing that comes of it may hold an identity. It does not
 * trust that what was put in had been redacted.
 */
#include "rules/decode/decode.h"
#include "rules/error.h"
#include "tui/report/redact.h"
#include "tui/report/report_internal.h"

#include <gmime/gmime.h>
#include <jansson.h>

/* Decoders one after the other on one token. */
#define TOKEN_DEPTH 3
#define TOKEN_MIN 8
/* Bytes of tokens and of what they decode to, in one form of a report. */
#define TOKENS_BUDGET ((size_t)256 << 20)
#define PARTS_DEPTH 8

struct gate {
	const struct identities *identities;
	GHashTable *seen; /* tokens, and what they decode to */
	size_t budget;    /* of their bytes */
	char *found;      /* NULL: nothing */
};

static struct gate gate_new(const struct identities *identities)
{
	struct gate gate = {.identities = identities, .budget = TOKENS_BUDGET};

	gate.seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return gate;
}

static bool finish(struct gate *gate, GError **error)
{
	g_hash_table_unref(gate->seen);
	if (!gate->found)
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LIMIT,
		"the report is held back: it shows who received a message: %s", gate->found);
	g_free(gate->found);
	return false;
}

static void look(struct gate *gate, struct span bytes, enum redact_extent extent)
{
	if (!gate->found)
		gate->found = redact_find(gate->identities, bytes, extent);
}

/* ---- tokens, as the decoders of rules read them ---- */

static void look_at_token(struct gate *gate, struct span token, unsigned depth);

/* What was not looked at yet, and is not hopelessly much. */
static bool is_unseen(struct gate *gate, struct span token)
{
	if (!g_hash_table_add(gate->seen, g_strndup(token.ptr, token.len)))
		return false;
	gate->budget -= MIN(gate->budget, token.len);
	if (gate->budget)
		return true;
	gate->found = g_strdup("more than can be looked through");
	return false;
}

static void try_decoder(
	struct gate *gate, const struct decoder *decoder, struct span token, unsigned depth)
{
	GString *out;

	if (gate->found || decoder->argument == DECODE_ARG_REQUIRED)
		return;
	out = g_string_new(NULL);
	if (decoder->decode(token, NULL, out) && is_unseen(gate, span_from_string(out))) {
		if (redact_stands(gate->identities, span_from_string(out)))
			gate->found = g_strndup(token.ptr, MIN(token.len, 200));
		else if (depth > 1)
			look_at_token(gate, span_from_string(out), depth - 1);
	}
	g_string_free(out, TRUE);
}

static void look_at_token(struct gate *gate, struct span token, unsigned depth)
{
	if (token.len < TOKEN_MIN)
		return;
	for (const struct decoder *const *at = decoder_all(); *at; at++)
		try_decoder(gate, *at, token, depth);
}

/* What stands between signs that separate the parts of URLs and of headers. */
static void look_at_tokens(struct gate *gate, struct span text)
{
	const char *at = text.ptr, *end = text.ptr + text.len;

	while (at < end && !gate->found) {
		const char *from = at;

		while (at < end && !strchr(" \t\r\n/?&=;,<>\"'()", *at ? *at : ' '))
			at++;
		struct span token = {from, (size_t)(at - from)};

		if (token.len >= TOKEN_MIN && is_unseen(gate, token))
			look_at_token(gate, token, TOKEN_DEPTH);
		at++;
	}
}

/* ---- mails ---- */

static void look_at_object(struct gate *gate, GMimeObject *object, unsigned depth);

/* As it stands and decoded. Names alone are guessed only in what the mail says, not in how. */
static void look_at_header(struct gate *gate, GMimeHeader *header)
{
	const char *raw = g_mime_header_get_raw_value(header);
	g_autofree char *unfolded = g_mime_utils_header_unfold(raw ? raw : "");
	g_autofree char *decoded = g_mime_utils_header_decode_text(NULL, unfolded);

	look(gate, span_from(g_mime_header_get_name(header)), REDACT_SURE);
	look(gate, span_from(unfolded), REDACT_SURE);
	look(gate, span_from(decoded), REDACT_SURE);
}

static void look_at_headers(struct gate *gate, GMimeObject *object, const char *const *except)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	int count = g_mime_header_list_get_count(list);

	for (int i = 0; i < count; i++) {
		GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
		bool looked_at = true;

		for (size_t n = 0; except && except[n]; n++)
			looked_at &=
				g_ascii_strcasecmp(except[n], g_mime_header_get_name(header)) != 0;
		if (looked_at)
			look_at_header(gate, header);
	}
}

static void look_at_part(struct gate *gate, GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));

	if (content)
		g_mime_data_wrapper_write_to_stream(content, stream);
	if (bytes->len) {
		struct span text = {(const char *)bytes->data, bytes->len};

		look(gate, text, REDACT_SURE);
		look_at_tokens(gate, text);
	}
	g_object_unref(stream);
}

static void look_at_children(struct gate *gate, GMimeMultipart *multipart, unsigned depth)
{
	int count = g_mime_multipart_get_count(multipart);

	for (int i = 0; i < count; i++)
		look_at_object(gate, g_mime_multipart_get_part(multipart, i), depth);
}

static void look_at_object(struct gate *gate, GMimeObject *object, unsigned depth)
{
	if (!object || gate->found)
		return;
	if (!depth) {
		gate->found = g_strdup("parts nested too deep to be looked through");
		return;
	}
	look_at_headers(gate, object, NULL);
	if (GMIME_IS_MULTIPART(object)) {
		look_at_children(gate, GMIME_MULTIPART(object), depth - 1);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

		look_at_headers(gate, GMIME_OBJECT(inner), NULL);
		look_at_object(gate, g_mime_message_get_mime_part(inner), depth - 1);
	} else if (GMIME_IS_PART(object)) {
		look_at_part(gate, GMIME_PART(object));
	}
}

/* Where the header that begins at `at` ends, with the lines that are folded into it. */
static const char *header_end(const char *at)
{
	do {
		const char *newline = strchr(at, '\n');

		at = newline ? newline + 1 : at + strlen(at);
	} while (*at == ' ' || *at == '\t');
	return at;
}

/* The mail but for the fields `except` at its top; the caller frees it with g_free(). */
static char *without(const char *mail, const char *const *except)
{
	GString *rest = g_string_new(NULL);
	const char *at = mail;

	while (*at && *at != '\n') {
		const char *end = header_end(at);
		size_t name = strcspn(at, ":\n");
		bool kept = true;

		for (size_t n = 0; except && except[n]; n++)
			kept &= strlen(except[n]) != name ||
				g_ascii_strncasecmp(except[n], at, name) != 0;
		if (kept)
			g_string_append_len(rest, at, end - at);
		at = end;
	}
	g_string_append(rest, at);
	return g_string_free(rest, FALSE);
}

static void look_at_mail(struct gate *gate, const char *mail, const char *const *except)
{
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(mail, strlen(mail));
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
	g_autofree char *rest = without(mail, except);

	look(gate, span_from(rest), REDACT_SURE);
	if (message) {
		look_at_headers(gate, GMIME_OBJECT(message), except);
		look_at_object(gate, g_mime_message_get_mime_part(message), PARTS_DEPTH);
		g_object_unref(message);
	} else if (!gate->found) {
		gate->found = g_strdup("a mail that cannot be read back");
	}
	g_object_unref(parser);
	g_object_unref(stream);
}

bool gate_mail(const struct identities *identities, const char *mail, GError **error)
{
	struct gate gate = gate_new(identities);

	look_at_mail(&gate, mail, NULL);
	return finish(&gate, error);
}

/* The reporter is in its id too. */
bool gate_arf(const struct identities *identities, const char *arf, GError **error)
{
	static const char *const except[] = {"From", "To", "Message-ID", "Message-Id", NULL};
	struct gate gate = gate_new(identities);

	look_at_mail(&gate, arf, except);
	return finish(&gate, error);
}

/* ---- the other forms ---- */

bool gate_text(const struct identities *identities, const char *text, GError **error)
{
	struct gate gate = gate_new(identities);

	look(&gate, span_from(text), REDACT_SURE);
	look_at_tokens(&gate, span_from(text));
	return finish(&gate, error);
}

/* It is looked through as the mail that it is, and left out of the rest. */
static void look_at_payload(struct gate *gate, json_t *item)
{
	const char *payload = json_string_value(json_object_get(item, "payload"));
	gsize len = 0;
	g_autofree guchar *bytes = payload ? g_base64_decode(payload, &len) : NULL;
	g_autofree char *mail = bytes ? g_strndup((char *)bytes, len) : NULL;
	g_autofree char *again = bytes ? g_base64_encode(bytes, len) : NULL;

	if (!mail)
		return;
	look_at_mail(gate, mail, NULL);
	if (strcmp(again, payload) == 0)
		json_object_del(item, "payload");
}

static void look_at_strings(struct gate *gate, const json_t *value)
{
	const char *key;
	json_t *child;
	size_t i;

	if (json_is_string(value)) {
		look(gate, span_from(json_string_value(value)), REDACT_SURE);
		return;
	}
	if (json_is_object(value))
		json_object_foreach((json_t *)value, key, child) look_at_strings(gate, child);
	else if (json_is_array(value))
		json_array_foreach(value, i, child) look_at_strings(gate, child);
}

bool gate_xarf(const struct identities *identities, const char *xarf, GError **error)
{
	struct gate gate = gate_new(identities);
	json_t *report = json_loads(xarf, 0, NULL), *item;
	size_t i;

	if (!report) {
		gate.found = g_strdup("JSON that cannot be read back");
		return finish(&gate, error);
	}
	json_object_del(report, "reporter");
	json_object_del(report, "sender");
	json_array_foreach(json_object_get(report, "evidence"), i, item)
		look_at_payload(&gate, item);
	look_at_strings(&gate, report);
	char *rest = json_dumps(report, 0);
	look(&gate, span_from(rest), REDACT_SURE);
	free(rest);
	json_decref(report);
	return finish(&gate, error);
}
