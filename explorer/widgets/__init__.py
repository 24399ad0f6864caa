"""Parts of the interface that several workspaces share."""
