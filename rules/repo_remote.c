/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fetching and pushing. Each is done in a thread of its own, with a handle of its own: libgit2 can
 * wait for minutes where a network swallows packets, and who asked is not to wait with it. Such a
 * thread is left to itself.
 */
#include "rules/repo_hooks.h"
#include "rules/repo_net.h"
#include "rules/repo_program.h"
#include "rules/repo_sync.h"

#include <signal.h>
#include <string.h>

/* How often the waiting one is asked whether to go on. */
#define STEP_USEC 50000
/* Without anything coming or going. */
#define SILENCE_SECONDS 60

struct operation {
	gint refs;      /* atomic */
	gint cancelled; /* atomic */
	char *path;
	struct repo_upstream *upstream;
	bool push, terminal;
	char *as; /* refs/heads/… that is pushed to */

	GMutex mutex; /* of what follows */
	GCond changed;
	char *progress;
	gint64 alive;
	bool done;
	GError *error;

	/* Of its own thread. */
	struct repo_net net;
	char *refused; /* by the other side; NULL */
};

/* ---- both threads ---- */

static void operation_unref(struct operation *operation)
{
	if (!g_atomic_int_dec_and_test(&operation->refs))
		return;
	g_mutex_clear(&operation->mutex);
	g_cond_clear(&operation->changed);
	repo_upstream_free(operation->upstream);
	g_clear_error(&operation->error);
	g_free(operation->progress);
	g_free(operation->path);
	g_free(operation->as);
	g_free(operation);
}

/* ---- what libgit2 tells ---- */

static void on_alive(void *user)
{
	struct operation *operation = user;

	g_mutex_lock(&operation->mutex);
	operation->alive = g_get_monotonic_time();
	g_mutex_unlock(&operation->mutex);
}

/* Takes the text over. Returns what libgit2 is to do. */
static int tell(struct operation *operation, char *text)
{
	g_mutex_lock(&operation->mutex);
	g_free(operation->progress);
	operation->progress = text;
	operation->alive = g_get_monotonic_time();
	g_mutex_unlock(&operation->mutex);
	return g_atomic_int_get(&operation->cancelled) ? -1 : 0;
}

static struct operation *operation_of(void *payload)
{
	return ((struct repo_net *)payload)->user;
}

static int on_sideband(const char *text, int len, void *payload)
{
	struct repo_net *net = payload;

	if (net->said->len < REPO_PROGRAM_OUTPUT_MAX / 64)
		g_string_append_len(net->said, text, len);
	on_alive(net->user);
	return g_atomic_int_get(net->cancelled) ? -1 : 0;
}

static int on_transfer(const git_indexer_progress *progress, void *payload)
{
	return tell(operation_of(payload),
		g_strdup_printf("receiving %u of %u objects", progress->received_objects,
			progress->total_objects));
}

static int on_pack(int stage, unsigned current, unsigned total, void *payload)
{
	(void)stage;
	return tell(
		operation_of(payload), g_strdup_printf("packing %u of %u objects", current, total));
}

static int on_upload(unsigned current, unsigned total, size_t bytes, void *payload)
{
	(void)bytes;
	return tell(
		operation_of(payload), g_strdup_printf("sending %u of %u objects", current, total));
}

static int on_pushed(const char *ref, const char *status, void *payload)
{
	struct operation *operation = operation_of(payload);

	(void)ref;
	if (status && !operation->refused)
		operation->refused = g_strdup(status);
	return 0;
}

/* As git tells its hook what will be pushed. */
static int on_negotiated(const git_push_update **updates, size_t count, void *payload)
{
	struct operation *operation = operation_of(payload);
	struct repo_net *net = payload;
	GString *input = g_string_new(NULL);
	GError *failed = NULL;
	bool good;

	for (size_t i = 0; i < count; i++) {
		char from[REPO_ID_SIZE], to[REPO_ID_SIZE];

		git_oid_tostr(from, sizeof(from), &updates[i]->src);
		git_oid_tostr(to, sizeof(to), &updates[i]->dst);
		g_string_append_printf(input, "%s %s %s %s\n", updates[i]->src_refname, to,
			updates[i]->dst_refname, from);
	}
	good = repo_hook_pre_push(net, input->str, &failed);
	g_string_free(input, TRUE);
	if (good)
		return 0;
	g_free(operation->refused);
	operation->refused = g_strdup(failed->message);
	g_error_free(failed);
	return GIT_EUSER;
}

/* ---- what is configured for https ---- */

/* What git would use for the URL, which `git config` knows how to match; the caller frees it with
 * g_free(). */
static char *http_config(struct repo_net *net, const char *url)
{
	const char *const argv[] = {"git", "config", "--get-urlmatch", "http", url, NULL};
	struct repo_program program = {.argv = argv, .dir = net->dir, .no_terminal = true};
	struct repo_ran ran;
	char *text = NULL;

	if (repo_program_run(&program, &ran, NULL) && repo_ran_well(&ran))
		text = g_strdup(ran.output->str);
	repo_ran_clear(&ran);
	return text ? text : g_strdup("");
}

/* Of lines `http.sslcainfo /etc/team.pem`. */
static char *http_value(const char *config, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(config, "\n", -1);
	size_t len = strlen(key);

	for (guint i = 0; lines[i]; i++)
		if (g_ascii_strncasecmp(lines[i], key, len) == 0 && lines[i][len] == ' ')
			return g_strdup(lines[i] + len + 1);
	return NULL;
}

static int trust_any(git_cert *certificate, int valid, const char *host, void *payload)
{
	(void)certificate;
	(void)valid;
	(void)host;
	(void)payload;
	return 0;
}

static void configure_http(
	struct repo_net *net, const char *url, git_remote_callbacks *callbacks, char **header)
{
	g_autofree char *config = http_config(net, url);
	g_autofree char *verify = http_value(config, "http.sslverify");
	g_autofree char *file = http_value(config, "http.sslcainfo");
	g_autofree char *path = http_value(config, "http.sslcapath");
	const char *given = g_getenv("GIT_SSL_CAINFO");

	if (given || file || path)
		git_libgit2_opts(
			GIT_OPT_SET_SSL_CERT_LOCATIONS, given ? given : file, given ? NULL : path);
	if (verify && strcmp(verify, "false") == 0)
		callbacks->certificate_check = trust_any;
	*header = http_value(config, "http.extraheader");
}

/* ---- errors ---- */

/* What a program says in many lines: the one that says what is wrong. */
static char *what_is_wrong(const GString *said)
{
	static const char *const starts[] = {"fatal:", "error:", "remote:", "ERROR"};
	g_auto(GStrv) lines = g_strsplit_set(said->str, "\r\n", -1);

	for (size_t s = 0; s < G_N_ELEMENTS(starts); s++)
		for (guint i = 0; lines[i]; i++)
			if (g_str_has_prefix(lines[i], starts[s]))
				return g_strdup(lines[i]);
	return repo_last_line(said->str);
}

static enum espial_error kind_of(const struct operation *operation, int code)
{
	static const char *const denied[] = {"Permission denied", "Authentication failed",
		"Host key verification failed", "dubious ownership", "not authorized"};

	if (g_atomic_int_get(&operation->cancelled))
		return ESPIAL_ERROR_CANCELLED;
	if (operation->refused || code == GIT_EAUTH || code == GIT_ECERTIFICATE)
		return ESPIAL_ERROR_REFUSED;
	if (code == GIT_ENONFASTFORWARD)
		return ESPIAL_ERROR_CHANGED;
	if (code == GIT_EINVALIDSPEC)
		return ESPIAL_ERROR_INVALID;
	for (size_t i = 0; i < G_N_ELEMENTS(denied); i++)
		if (strstr(operation->net.said->str, denied[i]))
			return ESPIAL_ERROR_REFUSED;
	return ESPIAL_ERROR_OFFLINE;
}

static void set_net_error(struct operation *operation, int code, GError **error)
{
	enum espial_error kind = kind_of(operation, code);
	const git_error *last = git_error_last();
	g_autofree char *said = what_is_wrong(operation->net.said);
	const char *remote = operation->upstream->remote;
	const char *why = operation->refused ? operation->refused
			  : *said            ? said
			  : last             ? last->message
					     : "unknown error";

	if (kind == ESPIAL_ERROR_CANCELLED)
		g_set_error(error, ESPIAL_ERROR, (int)kind, "cancelled");
	else if (kind == ESPIAL_ERROR_CHANGED)
		g_set_error(error, ESPIAL_ERROR, (int)kind,
			"%s has commits that are not here yet: fetch them first", remote);
	else if (kind == ESPIAL_ERROR_REFUSED)
		g_set_error(error, ESPIAL_ERROR, (int)kind, "%s refuses: %s%s%s", remote, why,
			operation->refused && *said ? ": " : "",
			operation->refused && *said ? said : "");
	else
		g_set_error(
			error, ESPIAL_ERROR, (int)kind, "%s cannot be reached: %s", remote, why);
}

/* ---- the network's thread ---- */

static git_remote_callbacks callbacks_of(struct operation *operation)
{
	git_remote_callbacks callbacks;

	git_remote_init_callbacks(&callbacks, GIT_REMOTE_CALLBACKS_VERSION);
	callbacks.payload = &operation->net;
	callbacks.sideband_progress = on_sideband;
	callbacks.credentials = repo_credential;
	callbacks.transfer_progress = on_transfer;
	callbacks.pack_progress = on_pack;
	callbacks.push_transfer_progress = on_upload;
	callbacks.push_update_reference = on_pushed;
	callbacks.push_negotiation = on_negotiated;
	return callbacks;
}

static int fetch(struct operation *operation, git_remote *remote, git_remote_callbacks *callbacks,
	const git_strarray *headers)
{
	git_fetch_options options;
	int code;

	git_fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
	options.callbacks = *callbacks;
	options.custom_headers = *headers;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	code = git_remote_download(remote, NULL, &options);
	if (code == 0 && g_atomic_int_get(&operation->cancelled))
		code = GIT_EUSER;
	if (code == 0)
		code = git_remote_update_tips(
			remote, callbacks, 1, GIT_REMOTE_DOWNLOAD_TAGS_UNSPECIFIED, "fetch");
	if (code == 0 && git_remote_prune_refs(remote))
		code = git_remote_prune(remote, callbacks);
	return code;
}

static int push(struct operation *operation, git_remote *remote, git_remote_callbacks *callbacks,
	const git_strarray *headers)
{
	g_autofree char *spec =
		g_strdup_printf("%s:%s", operation->upstream->branch, operation->as);
	git_strarray specs = {&spec, 1};
	git_push_options options;
	int code;

	git_push_options_init(&options, GIT_PUSH_OPTIONS_VERSION);
	options.callbacks = *callbacks;
	options.custom_headers = *headers;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	code = git_remote_upload(remote, &specs, &options);
	if (code == 0)
		code = git_remote_update_tips(
			remote, callbacks, 0, GIT_REMOTE_DOWNLOAD_TAGS_NONE, NULL);
	return code == 0 && operation->refused ? GIT_EUSER : code;
}

static int talk(struct operation *operation, git_remote *remote)
{
	git_remote_callbacks callbacks = callbacks_of(operation);
	const char *url = operation->push && git_remote_pushurl(remote) ? git_remote_pushurl(remote)
									: git_remote_url(remote);
	char *header = NULL;
	g_autoptr(GError) bad = NULL;
	struct repo_url parsed;
	int code;

	if (!url || !repo_url_parse(url, operation->path, &parsed, &bad)) {
		git_error_set_str(GIT_ERROR_NET, bad ? bad->message : "it has no URL");
		return GIT_EINVALIDSPEC;
	}
	if (parsed.kind != REPO_URL_OTHER)
		callbacks.transport = repo_transport;
	else if (g_ascii_strncasecmp(url, "http", 4) == 0)
		configure_http(&operation->net, url, &callbacks, &header);
	git_strarray headers = {&header, header ? 1 : 0};
	code = (operation->push ? push : fetch)(operation, remote, &callbacks, &headers);
	if (code == 0)
		repo_credential_end(&operation->net, true);
	git_remote_disconnect(remote);
	g_free(header);
	repo_url_clear(&parsed);
	return code;
}

static bool operate(struct operation *operation, GError **error)
{
	struct repo *repo = repo_open(operation->path, error);
	git_remote *remote = NULL;
	int code;

	if (!repo)
		return false;
	operation->net = (struct repo_net){
		.git = repo->git,
		.dir = operation->path,
		.remote = operation->upstream->remote,
		.terminal = operation->terminal,
		.cancelled = &operation->cancelled,
		.alive = on_alive,
		.user = operation,
		.said = g_string_new(NULL),
	};
	code = git_remote_lookup(&remote, repo->git, operation->upstream->remote);
	if (code == 0)
		code = talk(operation, remote);
	if (code != 0)
		set_net_error(operation, code, error);
	git_remote_free(remote);
	repo_close(repo);
	g_string_free(operation->net.said, TRUE);
	g_clear_pointer(&operation->net.credential, g_free);
	g_clear_pointer(&operation->refused, g_free);
	return code == 0;
}

static gpointer run(gpointer data)
{
	struct operation *operation = data;
	GError *error = NULL;
	sigset_t pipe;

	/* writing to a program that has ended is an error, not a signal */
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, NULL);
	operate(operation, &error);
	g_mutex_lock(&operation->mutex);
	operation->error = error;
	operation->done = true;
	g_cond_signal(&operation->changed);
	g_mutex_unlock(&operation->mutex);
	operation_unref(operation);
	return NULL;
}

/* ---- the waiting thread ---- */

static bool gives_up(
	struct operation *operation, const struct repo_talk *talk, gint64 alive, GError **error)
{
	if (talk && talk->stop && talk->stop(talk->user)) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CANCELLED, "cancelled");
		return true;
	}
	if (g_get_monotonic_time() - alive < SILENCE_SECONDS * G_USEC_PER_SEC)
		return false;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_OFFLINE, "%s has not answered for %d s",
		operation->upstream->remote, SILENCE_SECONDS);
	return true;
}

/* Whether it ended, well or not; false where it is not waited for any longer. */
static bool await(struct operation *operation, const struct repo_talk *talk, GError **error)
{
	bool done = false;

	while (!done) {
		g_autofree char *progress = NULL;
		gint64 alive;

		g_mutex_lock(&operation->mutex);
		if (!operation->done)
			g_cond_wait_until(&operation->changed, &operation->mutex,
				g_get_monotonic_time() + STEP_USEC);
		done = operation->done;
		alive = operation->alive;
		progress = g_steal_pointer(&operation->progress);
		g_mutex_unlock(&operation->mutex);
		if (progress && talk && talk->progress)
			talk->progress(talk->user, progress);
		if (!done && gives_up(operation, talk, alive, error))
			return false;
	}
	return true;
}

static bool perform(struct operation *operation, const struct repo_talk *talk, GError **error)
{
	GThread *thread;
	bool good = false;

	operation->refs = 2;
	operation->terminal = talk && talk->terminal;
	operation->alive = g_get_monotonic_time();
	g_mutex_init(&operation->mutex);
	g_cond_init(&operation->changed);
	thread = g_thread_new("network", run, operation);
	if (await(operation, talk, error)) {
		g_thread_join(thread);
		good = !operation->error;
		if (!good)
			g_propagate_error(error, g_steal_pointer(&operation->error));
	} else {
		g_atomic_int_set(&operation->cancelled, 1);
		g_thread_unref(thread);
	}
	operation_unref(operation);
	return good;
}

static struct operation *operation_new(struct repo *repo, GError **error)
{
	struct repo_upstream *upstream = repo_need_upstream(repo, error);
	struct operation *operation;

	if (!upstream)
		return NULL;
	if (!repo_is_whole(repo, error)) {
		repo_upstream_free(upstream);
		return NULL;
	}
	operation = g_new0(struct operation, 1);
	operation->path = g_strdup(repo->path);
	operation->upstream = upstream;
	return operation;
}

bool repo_fetch(struct repo *repo, const struct repo_talk *talk, GError **error)
{
	struct operation *operation = operation_new(repo, error);

	return operation && perform(operation, talk, error);
}

bool repo_push(struct repo *repo, const char *as, const struct repo_talk *talk, GError **error)
{
	struct operation *operation = operation_new(repo, error);

	if (!operation)
		return false;
	operation->push = true;
	operation->as =
		as ? g_strconcat("refs/heads/", as, NULL) : g_strdup(operation->upstream->there);
	return perform(operation, talk, error);
}
