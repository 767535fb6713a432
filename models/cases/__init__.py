"""Cases (上报件): duties from level 1 of their ladder on, as people see them and decide about them."""
