/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deflated data (RFC 1950, 1951, 1952) through zlib.
 */
#include "rules/decode/decoders.h"

#include <zlib.h>

/* Window bits: zlib or gzip by their header; then raw deflate. */
static const int windows[] = {15 + 32, -15};

static bool inflate_with(struct span in, int window, GString *out)
{
	z_stream stream = {.next_in = (Bytef *)(gpointer)in.ptr, .avail_in = (uInt)in.len};
	Bytef buffer[4096];
	int status = Z_OK;

	if (inflateInit2(&stream, window) != Z_OK)
		return false;
	while (status == Z_OK && out->len <= DECODE_MAX_SIZE) {
		stream.next_out = buffer;
		stream.avail_out = sizeof(buffer);
		status = inflate(&stream, Z_NO_FLUSH);
		g_string_append_len(
			out, (const char *)buffer, (gssize)(sizeof(buffer) - stream.avail_out));
	}
	inflateEnd(&stream);
	return status == Z_STREAM_END && out->len <= DECODE_MAX_SIZE;
}

static bool decode_zlib(struct span in, const char *argument, GString *out)
{
	(void)argument;
	if (!in.len || in.len > DECODE_MAX_SIZE)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(windows); i++) {
		g_string_truncate(out, 0);
		if (inflate_with(in, windows[i], out))
			return true;
	}
	return false;
}

const struct decoder decoder_zlib = {
	"zlib", DECODE_ARG_NONE, "zlib, gzip or raw deflate", decode_zlib};
