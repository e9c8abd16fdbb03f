/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of a draft come from draft_path (what varies in the path) and draft_decode (where the
 * destination hides); here they become a rule with fields and tests.
 */
#include "rules/draft.h"

#include "rules/decode/value.h"
#include "rules/domain.h"
#include "rules/draft_decode.h"
#include "rules/draft_path.h"
#include "rules/pipeline.h"
#include "rules/query.h"

#define MAX_PARAMS 8
/* Words of the path that go into the name of a rule. */
#define MAX_NAME_WORDS 3
/* Longer values are data that a decoder reads, not ids. */
#define MAX_ID 128

/* What parameters, and keys beside a destination, usually hold. */
static const char *const named[][2] = {
	{"u", "account"},
	{"a", "account"},
	{"account", "account"},
	{"acct", "account"},
	{"account_id", "account"},
	{"accountid", "account"},
	{"aid", "account"},
	{"pid", "account"},
	{"c", "campaign"},
	{"cid", "campaign"},
	{"camp", "campaign"},
	{"campaign", "campaign"},
	{"campaign_id", "campaign"},
	{"campaignid", "campaign"},
	{"_m", "campaign"},
	{"e", "recipient"},
	{"_e", "recipient"},
	{"r", "recipient"},
	{"email", "recipient"},
	{"recipient", "recipient"},
	{"subscriber", "recipient"},
	{"rcpt", "recipient"},
	{"m", "message"},
	{"id", "message"},
	{"mid", "message"},
	{"message", "message"},
	{"message_id", "message"},
	{"email_id", "message"},
	{"msgid", "message"},
	{"l", "link"},
	{"lid", "link"},
	{"link_id", "link"},
	{"linkid", "link"},
	{"list", "list"},
	{"listid", "list"},
	{"uid", "user"},
	{"user", "user"},
	{"user_id", "user"},
	{"userid", "user"},
	{"ofid", "offer"},
	{"oid", "offer"},
	{"offer", "offer"},
	{"offer_id", "offer"},
	{"aff", "affiliate"},
	{"affid", "affiliate"},
	{"aff_id", "affiliate"},
	{"affiliate", "affiliate"},
};

static const char *field_named(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
		if (g_ascii_strcasecmp(name, named[i][0]) == 0)
			return named[i][1];
	return NULL;
}

/* ---- fields ---- */

static bool has_field(const struct rule *rule, const char *name)
{
	for (guint i = 0; i < rule->fields->len; i++)
		if (strcmp(((struct rule_field *)rule->fields->pdata[i])->name, name) == 0)
			return true;
	return false;
}

/* Adds a field, or returns NULL where there is one of that name. */
static struct rule_field *add_field(
	struct rule *rule, const char *name, const char *source, const char *argument)
{
	struct rule_field *field;

	if (has_field(rule, name))
		return NULL;
	field = rule_field_new(name);
	g_ptr_array_add(field->pipeline, rule_step_new(source, argument));
	g_ptr_array_add(rule->fields, field);
	return field;
}

static bool has_scalar(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) || (json_is_string(value) && json_string_length(value) &&
						 json_string_length(value) <= MAX_ID);
}

static void add_sibling(
	struct rule *rule, const struct rule_step *last, const char *prefix, const char *key)
{
	const char *name = field_named(key);
	g_autofree char *path = g_strconcat(prefix, key, NULL);
	struct rule_field *field;

	if (!name || has_field(rule, name))
		return;
	field = rule_field_new(name);
	for (guint i = 0; i + 1 < rule->decode->len; i++) {
		const struct rule_step *step = rule->decode->pdata[i];

		g_ptr_array_add(field->pipeline, rule_step_new(step->name, step->argument));
	}
	g_ptr_array_add(field->pipeline, rule_step_new(last->name, path));
	g_ptr_array_add(rule->fields, field);
}

static void add_json_siblings(struct rule *rule, const struct rule_step *last, struct span text)
{
	const char *dot = strrchr(last->argument, '.');
	g_autofree char *parent =
		dot ? g_strndup(last->argument, (gsize)(dot - last->argument)) : NULL;
	g_autofree char *prefix = parent ? g_strconcat(parent, ".", NULL) : g_strdup("");
	g_autoptr(GString) object = g_string_new(NULL);
	const char *key;
	json_t *value, *json;

	if (!decoder_find(last->name)->decode(text, parent, object))
		return;
	json = value_of_json(span_from_string(object));
	json_object_foreach(json, key, value)
	{
		if (has_scalar(json, key) && !strchr(key, '.'))
			add_sibling(rule, last, prefix, key);
	}
	json_decref(json);
}

static void add_form_siblings(struct rule *rule, const struct rule_step *last, struct span text)
{
	struct query_iter iter;
	struct span name, value;

	query_iter_init(&iter, text);
	while (query_iter_next(&iter, &name, &value)) {
		g_autofree char *key = span_dup(name);

		if (value.len && value.len <= MAX_ID && strcmp(key, last->argument) != 0)
			add_sibling(rule, last, "", key);
	}
}

/* What stands beside the destination in a structured value. */
static void add_siblings(struct rule *rule, const struct url *url, const GPtrArray *groups)
{
	const struct rule_step *last =
		rule->decode->len > 1 ? rule->decode->pdata[rule->decode->len - 1] : NULL;
	g_autoptr(GPtrArray) before = g_ptr_array_new();
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i + 1 < rule->decode->len; i++)
		g_ptr_array_add(before, rule->decode->pdata[i]);
	if (!last || !last->argument || !pipeline_run(before, url, groups, text))
		return;
	if (strcmp(last->name, "form") == 0)
		add_form_siblings(rule, last, span_from_string(text));
	else if (strcmp(last->name, "json") == 0 || strcmp(last->name, "jwt") == 0 ||
		 strcmp(last->name, "php") == 0 || strcmp(last->name, "cbor") == 0 ||
		 strcmp(last->name, "msgpack") == 0)
		add_json_siblings(rule, last, span_from_string(text));
}

static bool decodes_from(const struct rule *rule, const char *source, const char *argument)
{
	const struct rule_step *first = rule->decode->len ? rule->decode->pdata[0] : NULL;

	return first && strcmp(first->name, source) == 0 &&
	       g_strcmp0(first->argument, argument) == 0;
}

/* An address anywhere is the recipient; else a usual name tells. */
static void add_param_field(struct rule *rule, const char *name, struct span value)
{
	g_autoptr(GPtrArray) steps = rule_steps_new();
	bool email = draft_decode_email(value, steps);
	const char *field_name = email ? "recipient" : field_named(name);
	struct rule_field *field;

	if (!field_name || !value.len || (!email && value.len > MAX_ID) ||
		decodes_from(rule, "param", name))
		return;
	field = add_field(rule, field_name, "param", name);
	for (guint i = 0; field && i < steps->len; i++) {
		const struct rule_step *step = steps->pdata[i];

		g_ptr_array_add(field->pipeline, rule_step_new(step->name, step->argument));
	}
}

static void add_group_fields(struct rule *rule, const GPtrArray *groups)
{
	for (guint i = 0; i < groups->len; i++) {
		const struct rule_pair *group = groups->pdata[i];
		g_autoptr(GPtrArray) steps = rule_steps_new();
		struct rule_field *field;

		if (!draft_decode_email(span_from(group->value), steps))
			continue;
		field = add_field(rule, "recipient", "group", group->name);
		for (guint s = 0; field && s < steps->len; s++) {
			const struct rule_step *step = steps->pdata[s];

			g_ptr_array_add(field->pipeline, rule_step_new(step->name, step->argument));
		}
	}
}

/* `u1234567.ct.example.com`: a customer's number in the first label. */
static void add_host_field(struct rule *rule, const struct url *url)
{
	struct span host = url_host(url), domain = domain_registrable(host);
	size_t len = 0, letters = 0;

	while (len < host.len && host.ptr[len] != '.') {
		letters += g_ascii_isalpha(host.ptr[len]) != 0;
		len++;
	}
	if (!domain.ptr || domain.len == host.len || letters > 4 || len < letters + 3)
		return;
	for (size_t i = letters; i < len; i++)
		if (!g_ascii_isdigit(host.ptr[i]))
			return;
	struct rule_field *field = add_field(rule, "account", "host", NULL);
	if (field)
		g_ptr_array_add(field->pipeline, rule_step_new("until", "."));
}

/* ---- what to match ---- */

static bool is_noise(const char *name)
{
	static const char *const names[] = {"gclid", "fbclid", "msclkid", "yclid", "mc_cid",
		"mc_eid", "mkt_tok", "_hsenc", "_hsmi", "amp"};

	if (g_str_has_prefix(name, "utm_"))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* A name that a program has, and not a value without one. */
static bool is_param_name(const char *name)
{
	size_t len = strlen(name), digits = 0;

	for (const char *p = name; *p; p++) {
		if (!g_ascii_isalnum(*p) && !strchr("_-.[]", *p))
			return false;
		digits += g_ascii_isdigit(*p) != 0;
	}
	return len && len <= 32 && digits <= 4;
}

/* `act=cl`: a parameter that says what the program is to do. NULL for the others; the caller frees
 * it with g_free(). */
static char *action_pattern(const char *name, struct span value)
{
	static const char *const actions[] = {
		"act", "action", "cmd", "do", "mode", "task", "option", "type", "op"};
	bool word = value.len > 0 && value.len <= 16;

	for (size_t i = 0; i < value.len; i++)
		word = word && g_ascii_isalpha(value.ptr[i]);
	for (size_t i = 0; word && i < G_N_ELEMENTS(actions); i++)
		if (strcmp(name, actions[i]) == 0)
			return g_strdup_printf("^%.*s$", (int)value.len, value.ptr);
	return NULL;
}

static bool has_param(const struct rule *rule, const char *name)
{
	for (guint i = 0; i < rule->params->len; i++)
		if (strcmp(((struct rule_pair *)rule->params->pdata[i])->name, name) == 0)
			return true;
	return false;
}

/* On a provider's own host the parameter that holds the destination is enough, and one that stands
 * in it unescaped is not asked for; elsewhere all of them tell the tracker from other programs. */
static bool is_required(const struct rule *rule, const char *name, bool action, bool branded)
{
	const struct rule_step *first = rule->decode->len ? rule->decode->pdata[0] : NULL;

	if (first && (strcmp(first->name, "url") == 0 || strcmp(first->name, "query") == 0))
		return false;
	return !first || branded || action || strcmp(first->name, "param") != 0 ||
	       strcmp(first->argument, name) == 0;
}

static void add_params(struct rule *rule, const struct url *url, bool branded)
{
	struct query_iter iter;
	struct span name, value;

	query_iter_init(&iter, url_query(url));
	while (rule->params->len < MAX_PARAMS && query_iter_next(&iter, &name, &value)) {
		g_autofree char *key = span_dup(name);

		if (is_noise(key) || !is_param_name(key) || has_param(rule, key))
			continue;
		g_autofree char *action = action_pattern(key, value);
		if (is_required(rule, key, action != NULL, branded))
			g_ptr_array_add(rule->params, rule_pair_new(key, action ? action : ""));
		if (!action)
			add_param_field(rule, key, value);
	}
}

static gint by_name(gconstpointer a, gconstpointer b)
{
	/* Pairs and fields both begin with their name. */
	return strcmp(**(const char *const *const *)a, **(const char *const *const *)b);
}

/* URLs may have empty labels in their hosts (`a..example.com`), suffixes of rules do not. */
static struct span after_empty_labels(struct span host)
{
	size_t start = 0, label = 0;

	while (host.len && host.ptr[host.len - 1] == '.')
		host.len--;
	for (size_t i = 0; i < host.len; i++) {
		if (host.ptr[i] != '.')
			continue;
		start = i == label ? i + 1 : start;
		label = i + 1;
	}
	return (struct span){host.ptr + start, host.len - start};
}

static void set_host(struct rule *rule, struct span host)
{
	struct span suffix = after_empty_labels(host);

	g_ptr_array_set_size(rule->hosts, 0);
	if (suffix.len)
		g_ptr_array_add(rule->hosts, span_dup(suffix));
}

static void set_decode(struct rule *rule, const GPtrArray *decodings)
{
	const struct draft_decoding *best = decodings->len ? decodings->pdata[0] : NULL;

	for (guint i = 0; best && best->score >= DRAFT_LIKELY && i < best->pipeline->len; i++) {
		const struct rule_step *step = best->pipeline->pdata[i];

		g_ptr_array_add(rule->decode, rule_step_new(step->name, step->argument));
	}
}

/* ---- names ---- */

static char *name_of(const GPtrArray *words)
{
	GString *name = g_string_new(NULL);
	guint first = words->len > MAX_NAME_WORDS ? words->len - MAX_NAME_WORDS : 0;

	for (guint i = first; i < words->len; i++) {
		g_autofree char *word = g_ascii_strdown(words->pdata[i], -1);
		size_t len = strcspn(word, ".");

		g_strcanon(word, "abcdefghijklmnopqrstuvwxyz0123456789", '-');
		g_string_append_printf(name, "%s%.*s", name->len ? "-" : "", (int)len, word);
	}
	while (name->len && (*name->str == '-' || name->len > 56))
		g_string_erase(name, *name->str == '-' ? 0 : (gssize)name->len - 1, 1);
	if (!name->len)
		g_string_assign(name, "click");
	return g_string_free(name, FALSE);
}

static char *free_id(const struct ruleset *ruleset, const char *esp, const GPtrArray *words)
{
	g_autofree char *name = name_of(words);
	char *id = g_strdup_printf("%s/%s", esp, name);

	for (unsigned i = 2; ruleset && ruleset_find_rule(ruleset, id); i++) {
		g_free(id);
		id = g_strdup_printf("%s/%s-%u", esp, name, i);
	}
	return id;
}

/* What a reader would call the carrier: `json in json in base64`, or the source where the URL
 * stands there plainly. */
static void put_carrier(GString *summary, const GPtrArray *pipeline)
{
	static const char *const plain[] = {
		"percent", "form", "entities", "lower", "skip", "until", "after", "scheme"};
	const struct rule_step *source = pipeline->pdata[0];
	unsigned carriers = 0;

	for (guint i = pipeline->len - 1; i > 0; i--) {
		const struct rule_step *step = pipeline->pdata[i];
		bool carries = true;

		for (size_t p = 0; p < G_N_ELEMENTS(plain); p++)
			carries &= strcmp(step->name, plain[p]) != 0;
		if (carries)
			g_string_append_printf(
				summary, "%s%s", carriers++ ? " in " : ", URL in ", step->name);
	}
	if (!carriers && strcmp(source->name, "param") == 0)
		g_string_append_printf(summary, ", URL in %s=", source->argument);
	else if (!carriers)
		g_string_append(summary, ", URL in plain sight");
}

static char *summary_of(
	const struct ruleset *ruleset, const struct rule *rule, const GPtrArray *words)
{
	const struct esp *esp = ruleset ? ruleset_find_esp(ruleset, rule->esp) : NULL;
	GString *summary = g_string_new(esp ? esp->name : rule->esp);

	g_string_append(summary, " links");
	for (guint i = 0; i < words->len; i++)
		g_string_append_printf(
			summary, "%s%s", i ? "/" : " under /", (const char *)words->pdata[i]);
	if (rule->decode->len)
		put_carrier(summary, rule->decode);
	else
		g_string_append(summary, ", destination on the server");
	return g_string_free(summary, FALSE);
}

/* ---- tests ---- */

static bool is_plain_text(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((guchar)*p < ' ' || *p == 0x7f)
			return false;
	return g_utf8_validate(text, -1, NULL);
}

static void drop_field(struct rule *rule, const char *name)
{
	for (guint i = 0; i < rule->fields->len; i++)
		if (strcmp(((struct rule_field *)rule->fields->pdata[i])->name, name) == 0)
			g_ptr_array_remove_index(rule->fields, i--);
}

/* What the rule makes of the URL is what its test expects. A field that no file could hold is none.
 */
static void add_positive(struct rule *rule, const struct matcher *alone, const struct url *url)
{
	struct match *match = matcher_match(alone, url);
	struct rule_test *test = rule_test_new(url_href(url), match ? match->next : NULL);

	for (guint i = 0; match && i < match->fields->len; i++) {
		const struct rule_pair *pair = match->fields->pdata[i];

		if (is_plain_text(pair->value))
			g_ptr_array_add(test->fields, rule_pair_new(pair->name, pair->value));
		else
			drop_field(rule, pair->name);
	}
	g_ptr_array_add(rule->matches, test);
	match_free(match);
}

/* The URL with another word in its path (`/track/open` for `/track/click`). */
static char *other_word(const struct url *url, const GPtrArray *words)
{
	struct span path = url_path(url);
	const char *href = url_href(url), *word, *at;

	if (!words->len)
		return NULL;
	word = words->pdata[words->len - 1];
	at = memmem(path.ptr, path.len, word, strlen(word));
	if (!at)
		return NULL;
	return g_strdup_printf("%.*s%s%s", (int)(at - href), href,
		strcmp(word, "open") == 0 ? "view" : "open", at + strlen(word));
}

static char *without_query(const struct url *url)
{
	struct span path = url_path(url);
	const char *href = url_href(url);

	return url_query(url).ptr ? g_strndup(href, (gsize)(path.ptr + path.len - href)) : NULL;
}

static char *with_path(const struct url *url, const char *path)
{
	const char *href = url_href(url);

	return g_strdup_printf("%.*s%s", (int)(url_path(url).ptr - href), href, path);
}

static bool is_matched(const struct matcher *alone, const char *text)
{
	struct url *url = url_parse(text, strlen(text), NULL);
	bool matched = !url || matcher_find(alone, url);

	url_free(url);
	return matched;
}

/* The nearest URL that the rule does not match: the nearer, the more it tells. */
static void add_negative(struct rule *rule, const struct matcher *alone, const struct url *url,
	const GPtrArray *words)
{
	char *candidates[] = {without_query(url), other_word(url, words), with_path(url, "/"),
		with_path(url, "/about/us"), g_strdup("https://www.example.com/")};

	for (size_t i = 0; i < G_N_ELEMENTS(candidates); i++) {
		if (candidates[i] && !rule->no_matches->len && !is_matched(alone, candidates[i]))
			g_ptr_array_add(rule->no_matches, rule_test_new(candidates[i], NULL));
		g_free(candidates[i]);
	}
}

static struct matcher *matcher_with(const struct ruleset *ruleset, const struct rule *rule)
{
	struct ruleset *with = ruleset_with(ruleset, rule, NULL);
	struct matcher *matcher = matcher_new(with);

	ruleset_unref(with);
	return matcher;
}

static void add_tests(struct rule *rule, const struct url *url, const GPtrArray *words)
{
	struct matcher *alone = matcher_with(NULL, rule);

	add_positive(rule, alone, url);
	add_negative(rule, alone, url, words);
	matcher_unref(alone);
}

static bool passes(const struct ruleset *ruleset, const struct rule *rule)
{
	struct matcher *matcher = matcher_with(ruleset, rule);
	struct problems *problems = problems_new();
	bool passed = matcher_check(matcher, rule->id, problems);

	problems_free(problems);
	matcher_unref(matcher);
	return passed;
}

/* ---- the draft ---- */

static struct rule *draft_rule(const struct ruleset *ruleset, const char *esp,
	const struct url *url, bool branded, const struct draft_path *path,
	const GPtrArray *decodings)
{
	struct rule *rule = rule_new();

	rule->id = free_id(ruleset, esp, path->words);
	rule->esp = g_strdup(esp);
	rule->path = g_strdup(path->pattern);
	set_decode(rule, decodings);
	add_group_fields(rule, path->groups);
	add_params(rule, url, branded);
	add_siblings(rule, url, path->groups);
	g_ptr_array_sort(rule->params, by_name);
	rule->summary = summary_of(ruleset, rule, path->words);
	g_ptr_array_add(rule->references, g_strdup("seen in the wild"));
	return rule;
}

struct draft *draft_propose(
	const struct ruleset *ruleset, const char *esp, const struct url *url, bool branded)
{
	struct draft *draft = g_new0(struct draft, 1);
	struct draft_path *path = draft_path_new(url_path(url));
	struct span domain = domain_registrable(url_host(url));

	draft->decodings = draft_decodings(url, path->groups);
	draft->rule = draft_rule(ruleset, esp, url, branded, path, draft->decodings);
	if (!branded) {
		set_host(draft->rule, domain.ptr ? domain : url_host(url));
		add_host_field(draft->rule, url);
	}
	g_ptr_array_sort(draft->rule->fields, by_name);
	add_tests(draft->rule, url, path->words);
	/* Another rule may claim the URL: the whole host goes before a suffix of it. */
	if (!branded && !passes(ruleset, draft->rule))
		set_host(draft->rule, url_host(url));
	draft_path_free(path);
	return draft;
}

char *draft_summary(const struct ruleset *ruleset, const struct rule *rule, const struct url *url)
{
	struct draft_path *path = draft_path_new(url_path(url));
	char *summary = summary_of(ruleset, rule, path->words);

	draft_path_free(path);
	return summary;
}

void draft_free(struct draft *draft)
{
	if (!draft)
		return;
	rule_free(draft->rule);
	g_ptr_array_unref(draft->decodings);
	g_free(draft);
}
