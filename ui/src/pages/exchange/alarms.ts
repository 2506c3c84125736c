// Receipts that say that a person must act.
import type { ReceiptReply } from "@/api/types.gen";

export const isAlarm = (reply: ReceiptReply): boolean => ["rolled_back", "cloned"].includes(reply.outcome);
