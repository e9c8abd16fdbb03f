/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/query.h"

void query_iter_init(struct query_iter *iter, struct span query)
{
	iter->rest = query.ptr ? query : span_from("");
	iter->seen = 0;
}

/* Cuts the part before the first `&` off the rest. */
static struct span next_part(struct span *rest)
{
	struct span part = *rest;
	const char *end = memchr(rest->ptr, '&', rest->len);

	if (end)
		part.len = end - rest->ptr;
	size_t used = part.len + (end != NULL);
	rest->ptr += used;
	rest->len -= used;
	return part;
}

static struct span without_entity(struct span name)
{
	if (name.len >= 4 && memcmp(name.ptr, "amp;", 4) == 0)
		return (struct span){name.ptr + 4, name.len - 4};
	return name;
}

bool query_iter_next(struct query_iter *iter, struct span *name, struct span *value)
{
	while (iter->rest.len > 0 && iter->seen < QUERY_MAX_PARAMS) {
		struct span part = without_entity(next_part(&iter->rest));

		if (part.len == 0)
			continue;
		const char *equals = memchr(part.ptr, '=', part.len);
		size_t name_len = equals ? (size_t)(equals - part.ptr) : part.len;

		iter->seen++;
		*name = (struct span){part.ptr, name_len};
		*value = (struct span){part.ptr + part.len, 0};
		if (equals)
			*value = (struct span){equals + 1, part.len - name_len - 1};
		return true;
	}
	return false;
}

bool query_find(struct span query, const char *name, struct span *value)
{
	struct query_iter iter;
	struct span key, found;

	query_iter_init(&iter, query);
	while (query_iter_next(&iter, &key, &found)) {
		if (!span_equal(key, name))
			continue;
		if (value)
			*value = found;
		return true;
	}
	return false;
}
