"""The portal's commands: `up` brings everything up on one machine."""
