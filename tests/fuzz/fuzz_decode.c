/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first line of the input is up to four decoders, `base64|json url`; the rest is what they
 * decode.
 */
#include "rules/decode/decode.h"

#include <stdint.h>

#define MAX_STEPS 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name that is none stands for one of them, so that few inputs are wasted. */
static const struct decoder *decoder_called(const char *name)
{
	const struct decoder *const *all = decoder_all();
	const struct decoder *decoder = decoder_find(name);
	size_t count = 0;

	while (all[count])
		count++;
	return decoder ? decoder : all[g_str_hash(name) % count];
}

static const char *argument_of(const struct decoder *decoder, const char *text)
{
	if (decoder->argument == DECODE_ARG_NONE)
		return NULL;
	return decoder->argument == DECODE_ARG_REQUIRED && !text ? "4" : text;
}

/* Decodes an exact copy twice: a sanitizer sees a read past the end, and the results must agree. */
static bool decode(
	const struct decoder *decoder, const char *argument, const GString *in, GString *out)
{
	g_autofree char *copy = g_malloc(MAX(in->len, 1));
	g_autoptr(GString) again = g_string_new(NULL);
	struct span span = {memcpy(copy, in->str, in->len), in->len};
	bool decoded = decoder->decode(span, argument, out);

	g_assert_true(decoder->decode(span, argument, again) == decoded);
	g_assert_true(!decoded || g_string_equal(out, again));
	g_assert_true(!decoded || out->len <= DECODE_MAX_SIZE + 16);
	return decoded;
}

static bool run_step(const char *step, GString *value)
{
	g_auto(GStrv) words = g_strsplit(step, " ", 2);
	g_autoptr(GString) in = g_string_new_len(value->str, (gssize)value->len);
	const struct decoder *decoder = decoder_called(words[0] ? words[0] : "");

	g_string_truncate(value, 0);
	return decode(decoder, argument_of(decoder, words[0] ? words[1] : NULL), in, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = size ? memchr(text, '\n', size) : NULL;

	if (!end)
		return 0;
	g_autofree char *line = g_strndup(text, (gsize)(end - text));
	g_auto(GStrv) steps = g_strsplit(line, "|", MAX_STEPS);
	g_autoptr(GString) value = g_string_new_len(end + 1, text + size - end - 1);
	for (guint i = 0; steps[i] && run_step(steps[i], value); i++)
		;
	return 0;
}
