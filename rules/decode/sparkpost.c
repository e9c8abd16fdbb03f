/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SparkPost's binary items, as seen in its links: a byte whose two high bits give the width of the
 * length that follows (0: no length, 1: one byte, 2: two bytes, 3: four; least byte first) and
 * whose six low bits are a tag; then the data. Tag 4 is the URL, 18 the recipient, 23 the customer,
 * 2 the message.
 */
#include "rules/decode/decoders.h"

static bool take_length(struct span *in, unsigned width, size_t *length)
{
	unsigned bytes = width == 3 ? 4 : width;

	*length = 0;
	if (in->len < bytes)
		return false;
	for (unsigned i = 0; i < bytes; i++)
		*length |= (size_t)(guchar)in->ptr[i] << (8 * i);
	in->ptr += bytes;
	in->len -= bytes;
	return *length <= in->len;
}

static bool decode_sparkpost(struct span in, const char *argument, GString *out)
{
	char *end;
	guint64 wanted = g_ascii_strtoull(argument, &end, 10);

	if (*end || end == argument)
		return false;
	while (in.len) {
		guchar head = (guchar)*in.ptr++;
		size_t length;

		in.len--;
		if (!take_length(&in, head >> 6, &length))
			return false;
		if ((head & 0x3F) == wanted) {
			g_string_append_len(out, in.ptr, (gssize)length);
			return true;
		}
		in.ptr += length;
		in.len -= length;
	}
	return false;
}

const struct decoder decoder_sparkpost = {
	"sparkpost", DECODE_ARG_REQUIRED, "an item of SparkPost's binary", decode_sparkpost};
