/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A byte buffer that starts on the stack and moves to the heap when it outgrows it: a URL of usual
 * length is assembled without an allocation.
 */
#ifndef ESPIAL_RULES_OUTBUF_H
#define ESPIAL_RULES_OUTBUF_H

#include "rules/span.h"

struct outbuf {
	char *data;
	size_t len;
	size_t cap;
	char local[1024];
};

static inline void outbuf_init(struct outbuf *out)
{
	out->data = out->local;
	out->len = 0;
	out->cap = sizeof out->local;
}

static inline void outbuf_clear(struct outbuf *out)
{
	if (out->data != out->local)
		g_free(out->data);
	outbuf_init(out);
}

static inline void outbuf_reserve(struct outbuf *out, size_t more)
{
	if (out->cap - out->len >= more)
		return;
	out->cap = MAX(out->cap * 2, out->len + more);
	if (out->data == out->local)
		out->data = memcpy(g_malloc(out->cap), out->local, out->len);
	else
		out->data = g_realloc(out->data, out->cap);
}

static inline void outbuf_char(struct outbuf *out, char c)
{
	outbuf_reserve(out, 1);
	out->data[out->len++] = c;
}

static inline void outbuf_bytes(struct outbuf *out, const char *bytes, size_t len)
{
	outbuf_reserve(out, len);
	memcpy(out->data + out->len, bytes, len);
	out->len += len;
}

static inline void outbuf_span(struct outbuf *out, struct span span)
{
	outbuf_bytes(out, span.ptr, span.len);
}

#endif
