"""Webhooks 消息推送: what an institution is told is posted to an address of its own, signed."""
