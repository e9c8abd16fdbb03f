/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of decoders share.
 */
#ifndef ESPIAL_TESTS_DECODING_H
#define ESPIAL_TESTS_DECODING_H

#include "rules/decode/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* A string literal that may hold NUL. */
#define BYTES(literal) ((struct span){literal, sizeof(literal) - 1})

/* Runs one decoder on an exact copy of the input, so that a sanitizer sees a read past its end. */
static inline bool decode(const char *name, const char *argument, struct span in, GString *out)
{
	const struct decoder *decoder = decoder_find(name);
	g_autofree char *copy = g_malloc(MAX(in.len, 1));

	assert_non_null(decoder);
	memcpy(copy, in.ptr, in.len);
	g_string_truncate(out, 0);
	return decoder->decode((struct span){copy, in.len}, argument, out);
}

static inline void assert_decodes(
	const char *name, const char *argument, struct span in, struct span wanted)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (!decode(name, argument, in, out))
		fail_msg("%s %s fails: %.*s", name, argument ? argument : "", (int)MIN(in.len, 200),
			in.ptr);
	if (out->len != wanted.len || memcmp(out->str, wanted.ptr, wanted.len) != 0)
		fail_msg("%s %s: %.200s, not %.*s", name, argument ? argument : "", out->str,
			(int)MIN(wanted.len, 200), wanted.ptr);
}

static inline void assert_text(
	const char *name, const char *argument, const char *in, const char *wanted)
{
	assert_decodes(name, argument, span_from(in), span_from(wanted));
}

static inline void assert_refused(const char *name, const char *argument, struct span in)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (decode(name, argument, in, out))
		fail_msg("%s %s takes %.*s for %.200s", name, argument ? argument : "",
			(int)MIN(in.len, 200), in.ptr, out->str);
}

/* What is cut off anywhere is refused. */
static inline void assert_whole_only(const char *name, const char *argument, struct span in)
{
	for (size_t len = 0; len < in.len; len++)
		assert_refused(name, argument, (struct span){in.ptr, len});
}

/* Random bytes; the caller frees them with g_string_free(). */
static inline GString *noise(GRand *rand, size_t len)
{
	GString *bytes = g_string_sized_new(len);

	for (size_t i = 0; i < len; i++)
		g_string_append_c(bytes, (char)g_rand_int_range(rand, 0, 256));
	return bytes;
}

/* Random text of characters of one to four bytes; the caller frees it with g_string_free(). */
static inline GString *babble(GRand *rand, size_t characters)
{
	static const gint32 ends[] = {0x7F, 0x7FF, 0xD7FF, 0x10FFFF};
	GString *text = g_string_new(NULL);

	while (characters > 0) {
		gunichar c =
			(gunichar)g_rand_int_range(rand, 1, ends[g_rand_int_range(rand, 0, 4)]);

		if (!g_unichar_validate(c))
			continue;
		g_string_append_unichar(text, c);
		characters--;
	}
	return text;
}

/* `count` copies of a piece; the caller frees them with g_string_free(). */
static inline GString *repeated(const char *piece, size_t count)
{
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < count; i++)
		g_string_append(text, piece);
	return text;
}

#endif
