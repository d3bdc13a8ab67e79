/** A request's task as the files of this folder share it: task.c moves it on, answer.c brings back
 * what the function says. One worker. */
#ifndef PEN_GATEWAY_TASK_INTERNAL_H
#define PEN_GATEWAY_TASK_INTERNAL_H

#include "gateway/task/task.h"

enum pen_task_state {
    PEN_TASK_PARKED,   /* waiting for a key set */
    PEN_TASK_RECEIVE,  /* body on its way */
    PEN_TASK_UPSTREAM, /* the function is working */
    PEN_TASK_REPLY,    /* a reply is queued */
};

struct pen_task {
    struct pen_request request; /* first: stages get a pen_request */
    struct pen_crew *crew;
    struct pen_view *view;
    struct pen_edge_connection *connection;
    struct pen_pair *pair;
    struct pen_exchange *exchange; /* NULL before and after */
    struct pen_exchange_times exchange_times;
    struct pen_exchange_request out;
    struct pen_reply reply;
    enum pen_task_state state;
    struct pen_timer timer;
    struct pen_task *next; /* in crew->replied or crew->parked */
    size_t body_counted;   /* what this task has added to crew->body_bytes */

    int upstream_status;
    const char *upstream_error;
    const char *upstream_detail;
    const char *broken; /* reason: the answer broke off when some of it was on its way */
    uint64_t response_bytes;
    bool reply_whole; /* the listener's word */
    bool streaming;
    bool held_back; /* to be streamed, but not before the function pauses */
    bool answer_ended;
    bool answer_broke;
    char *answer; /* collected answer, or the ring */
    size_t answer_at;
    size_t answer_len;
    size_t answer_cap;
};

/* task.c */
/** Keep what the exchange cost; it is gone when the record is written. */
void pen_task_keep_times(struct pen_task *task);
/** Let `task->reply` go out. The last thing done with a task: it may have ended behind it. */
void pen_task_send_reply(struct pen_task *task);
/** Reply with what the request has come to without its function: its refusal, or our answer. */
void pen_task_send_own(struct pen_task *task);

/* answer.c */
/** What an exchange tells of the answer; its owner is the task. */
extern const struct pen_exchange_events pen_task_exchange_events;

#endif
