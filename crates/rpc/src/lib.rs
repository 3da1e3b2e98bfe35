//! XML-RPC values, codec and the typed API of Supervisor.
