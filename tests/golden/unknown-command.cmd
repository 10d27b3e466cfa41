reply
