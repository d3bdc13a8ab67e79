/**
 * What the process is doing, told to the service manager that started it (sd_notify(3)): a datagram
 * to NOTIFY_SOCKET, and nothing when there is none. Control thread.
 */
#ifndef PEN_GATEWAY_NOTIFY_H
#define PEN_GATEWAY_NOTIFY_H

#include "filters/core/str.h"

/**
 * @param state  "READY=1", "STOPPING=1": assignments parted by line breaks. With "RELOADING=1" the
 *               time is added, as Type=notify-reload wants it
 */
void pen_notify(struct pen_str state);

#endif
