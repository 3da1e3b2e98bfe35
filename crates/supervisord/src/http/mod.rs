//! The HTTP thread: servers, authentication, XML-RPC, log streams.
